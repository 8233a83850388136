using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Settings;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Payments.Accounts;

/// <summary>What a channel can do beside verifying receipts, by account. Each is called only where the channel itself can do it.</summary>
internal sealed partial class AccountsChannel : IPaymentInitiator, IPaymentQuery, IFulfilmentReporter, IRefunder, ISettingsTest,
    IRefundReviewer, INotificationTrial, IStatementSource
{
    public bool IsWholeOnly => channel.Refunder!.IsWholeOnly;

    public bool FindsByOrderId => channel.Query!.FindsByOrderId;

    public TimeSpan RefundsAfter => channel.FulfilmentReporter!.RefundsAfter;

    public bool NeedsConsent => channel.RefundReviewer!.NeedsConsent;

    public TimeSpan AcceptsAfter(bool isTest) => channel.FulfilmentReporter!.AcceptsAfter(isTest);

    public bool Offers(App app, bool inProtocol) => _views.All(app).Any(account => channel.Initiator!.Offers(account.View, inProtocol));

    /// <summary>Where there are several accounts, each has a schedule of its own (<see cref="StatementAccounts"/>).</summary>
    public StatementSchedule? Schedule(App app) => _views.HasSeveral(app) ? null : channel.StatementSource!.Schedule(app);

    public ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken) =>
        channel.StatementSource!.FetchAsync(app, period, cancellationToken);

    /// <summary>A sample is read as that of the first account for which it is authentic.</summary>
    public NotificationTrial Try(App app, RawNotification sample)
    {
        var tried = _views.All(app).Select(account => channel.Trial!.Try(account.View, sample)).ToList();
        return tried.Find(trial => trial.Authentication is AuthenticationResult.Genuine) ?? tried[0];
    }

    public bool IsTransactionId(string transaction) => channel.Query!.IsTransactionId(transaction);

    public ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken) =>
        _views.Begin(app, order, out var fault) is { } view
            ? channel.Initiator!.StartAsync(view, order, cancellationToken)
            : new(new InitiationResult.Refused(fault));

    public async ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken)
    {
        string? fault = null;
        foreach (var (_, view) in _views.Of(app, order))
        {
            // Where it was not begun there is nothing to close.
            fault = await channel.Initiator!.CloseAsync(view, order, cancellationToken) ?? fault;
        }
        return fault;
    }

    public ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken) =>
        _views.HasSeveral(app)
            ? AskAllAsync(app, order, view => channel.Query!.QueryAsync(view, order, transaction, cancellationToken))
            : channel.Query!.QueryAsync(app, order, transaction, cancellationToken);

    bool IFulfilmentReporter.IsConfigured(App app) =>
        _views.All(app).Any(account => channel.FulfilmentReporter!.IsConfigured(account.View));

    bool IPaymentQuery.IsConfigured(App app) => _views.All(app).Any(account => channel.Query!.IsConfigured(account.View));

    public ValueTask<string?> ReportDeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        ReportAsync(app, order, payment, view => channel.FulfilmentReporter!.ReportDeliveredAsync(view, order, payment, cancellationToken));

    public ValueTask<string?> ReportAcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken) =>
        ReportAsync(app, order, payment, view => channel.FulfilmentReporter!.ReportAcceptedAsync(view, order, payment, cancellationToken));

    public ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken) =>
        RefundAsync(app, refund, view => channel.Refunder!.RefundAsync(view, refund, cancellationToken));

    public ValueTask<RefundResult> QueryRefundAsync(App app, RefundRequest refund, CancellationToken cancellationToken) =>
        RefundAsync(app, refund, view => channel.Refunder!.QueryRefundAsync(view, refund, cancellationToken));

    public async ValueTask<SettingsTestResult> TestAsync(App app, CancellationToken cancellationToken)
    {
        var (works, texts) = (true, new List<string>());
        foreach (var (name, view) in _views.All(app))
        {
            var result = await channel.Test!.TestAsync(view, cancellationToken);
            works &= result.Works;
            texts.Add(name is null ? result.Message : $"{name}: {result.Message}");
        }
        return new SettingsTestResult(works && texts.Count > 0, string.Join("; ", texts));
    }

    /// <summary>Which account a question is of is not kept: the store of each refuses what is not its own.</summary>
    public ValueTask<RefundResult> AnswerAsync(
        App app, RefundQuestion question, RefundAnswer answer, CancellationToken cancellationToken) =>
        FirstAsync(_views.All(app), view => channel.RefundReviewer!.AnswerAsync(view, question, answer, cancellationToken));

    private ValueTask<RefundResult> RefundAsync(App app, RefundRequest refund, Func<App, ValueTask<RefundResult>> ask) =>
        FirstAsync(_views.Of(app, refund.Order, refund.Payment), ask);

    /// <summary>The first account that gives the money back decides; else one of which it is not known; else one that refuses.</summary>
    private async ValueTask<RefundResult> FirstAsync(
        IReadOnlyList<(string? Name, App View)> accounts, Func<App, ValueTask<RefundResult>> ask)
    {
        RefundResult? best = null;
        foreach (var (_, view) in accounts)
        {
            var result = await ask(view);
            if (result is RefundResult.Done or RefundResult.Pending)
            {
                return result;
            }
            best = best is RefundResult.TryLater || (best is RefundResult.Refused && result is RefundResult.NotThere) ? best : result;
        }
        return best ?? new RefundResult.TryLater($"channel {Name} is not configured for this app");
    }

    /// <summary>The account that proved the payment is told first, then those that may know the purchase too: the first whose store does is
    /// told. Where none does, there is nothing to report; where one could not be asked, it is tried again.</summary>
    private async ValueTask<string?> ReportAsync(App app, Order order, Payment payment, Func<App, ValueTask<string?>> report)
    {
        var faults = new List<string>();
        var accounts = _views.Of(app, order, payment).Concat(_views.Of(app, order)).DistinctBy(account => account.Name);
        foreach (var (_, view) in accounts.Where(account => channel.FulfilmentReporter!.IsConfigured(account.View)))
        {
            if (await report(view) is not { } fault)
            {
                return null;
            }
            faults.Add(fault);
        }
        return faults.Count == 0 ? $"channel {Name} is not configured for this app"
            : faults.FindLast(fault => fault != IFulfilmentReporter.NotThere);
    }
}
