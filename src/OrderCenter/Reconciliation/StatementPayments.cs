using OrderCenter.Apps;
using OrderCenter.Payments;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Reconciliation;

/// <summary>Which payments of a channel a statement is about: those of the accounts whose statement it is; all, where the app has one
/// account.</summary>
internal sealed class StatementPayments
{
    private readonly Func<OrderRow, string?> _accountOf;
    private readonly IReadOnlyCollection<string>? _accounts;

    private StatementPayments(IReadOnlyCollection<string>? accounts, Func<OrderRow, string?> accountOf) =>
        (_accounts, _accountOf) = (accounts, accountOf);

    /// <summary>Of an account that the settings do not have any more, the payments that it proved.</summary>
    public static StatementPayments Of(ReconciliationRun run, AppCatalog apps, ChannelRegistry channels)
    {
        if (run.Account is not { } name)
        {
            return new StatementPayments(null, _ => null);
        }
        return apps.Find(run.GameId) is { } app && channels.Find(run.Channel) is { } channel
            && channel.StatementAccounts(app).FirstOrDefault(account => account.Members.Contains(name, StringComparer.Ordinal)) is { } owner
                ? new StatementPayments(owner.Members, row => channel.AccountOf(app, row.Order, row.Payment))
                : new StatementPayments([name], row => row.Payment?.Account);
    }

    public bool Hold(OrderRow row) =>
        _accounts is null || (_accountOf(row) is { } account && _accounts.Contains(account, StringComparer.Ordinal));
}
