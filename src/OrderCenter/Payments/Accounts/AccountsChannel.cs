using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Settings;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Payments.Accounts;

/// <summary>A channel of which one app may have several accounts: packages, bundles, ways to pay, merchants. It chooses the account and
/// hands the channel a view of the app that knows this one only; a channel itself knows nothing of accounts. Where an app has the settings
/// of one account, everything is the channel's own.</summary>
/// <remarks>What a purchase belongs to is what the account proves that verifies it, never what somebody claims: where nothing names the
/// account, the accounts are asked one after the other.</remarks>
internal sealed partial class AccountsChannel(IChannel channel) : IChannel
{
    private readonly AccountViews _views = new(channel);

    public string Name => channel.Name;

    public IReadOnlyList<string> SecretFields => channel.SecretFields;

    public IReadOnlyList<StatementFormat> StatementFormats => channel.StatementFormats;

    public IPaymentInitiator? Initiator => channel.Initiator is null ? null : this;

    public INotificationHandler? Notifications => channel.Notifications is null ? null : this;

    public IEventSource? Events => channel.Events is null ? null : this;

    public IPaymentQuery? Query => channel.Query is null ? null : this;

    public IFulfilmentReporter? FulfilmentReporter => channel.FulfilmentReporter is null ? null : this;

    public IRefunder? Refunder => channel.Refunder is null ? null : this;

    public ISettingsTest? Test => channel.Test is null ? null : this;

    public IRefundReviewer? RefundReviewer => channel.RefundReviewer is null ? null : this;

    public INotificationTrial? Trial => channel.Trial is null ? null : this;

    public IStatementSource? StatementSource => channel.StatementSource is null ? null : this;

    public IInternalAccount? InternalAccount => channel.InternalAccount;

    public string? IdentityOf(JsonElement settings) => channel.IdentityOf(settings);

    public string? StatementIdentityOf(JsonElement settings) => channel.StatementIdentityOf(settings);

    /// <summary>The account that fetches statements stands for those that share its statement.</summary>
    public IReadOnlyList<StatementAccount> StatementAccounts(App app) => _views.HasSeveral(app)
        ? [.. _views.All(app)
            .GroupBy(account => channel.StatementIdentityOf(account.View.Channels[Name]) ?? account.Name, StringComparer.Ordinal)
            .Select(same => (Accounts: same, First: same.OrderBy(one => channel.StatementSource?.Schedule(one.View) is null).First()))
            .Select(same => new StatementAccount(
                same.First.Name, same.First.View, [.. same.Accounts.Select(account => account.Name!)]))]
        : channel.StatementAccounts(app);

    public string? AccountOf(App app, Order order, Payment? payment) =>
        _views.HasSeveral(app) ? payment?.Account ?? _views.Of(app, order)[0].Name : channel.AccountOf(app, order, payment);

    public string? WayOf(JsonElement settings) => channel.WayOf(settings);

    public IEnumerable<string> Faults(JsonElement settings) =>
        ChannelAccounts.AreIn(settings) ? ChannelAccounts.Faults(settings, channel) : channel.Faults(settings);

    public IEnumerable<string> Warnings(JsonElement settings) => ChannelAccounts.AreIn(settings)
        ? ChannelAccounts.Read(settings).SelectMany(
            account => channel.Warnings(account.Settings).Select(warning => $"{ChannelAccounts.Field}.{account.Name}: {warning}"))
        : channel.Warnings(settings);

    public bool IsToldNotifyAddress(App app) => _views.All(app).Any(account => channel.IsToldNotifyAddress(account.View));

    public bool Recognises(Receipt receipt) => channel.Recognises(receipt);

    public ClaimedPurchase? ReadClaim(Receipt receipt) => channel.ReadClaim(receipt);

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        _views.HasSeveral(app)
            ? AskAllAsync(app, order, view => channel.VerifyAsync(view, order, receipt, cancellationToken))
            : channel.VerifyAsync(app, order, receipt, cancellationToken);

    /// <summary>The first account that proves a payment decides; else one that could not be asked; else one that attests the purchase and
    /// refuses it; else the likeliest one's refusal.</summary>
    private async ValueTask<Verdict> AskAllAsync(App app, Order order, Func<App, ValueTask<Verdict>> ask)
    {
        Verdict? best = null;
        foreach (var (name, view) in _views.Of(app, order))
        {
            var verdict = ProvenBy.Account(await ask(view), name!);
            if (verdict is Verdict.Paid or Verdict.Contradicts)
            {
                return verdict;
            }
            if (best is null || Weight(verdict) > Weight(best))
            {
                best = verdict;
            }
        }
        return best ?? new Verdict.Rejected($"channel {Name} is not configured for this app");
    }

    private static int Weight(Verdict verdict) => verdict switch
    {
        Verdict.TryLater => 2,
        Verdict.Rejected { Payment: not null } => 1,
        _ => 0,
    };
}
