using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Domain.Refunds;
using OrderCenter.Encodings;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;
using OrderCenter.Reconciliation;
using OrderCenter.Reconciliation.Discrepancies;
using OrderCenter.Reconciliation.Fetching;
using OrderCenter.Statistics;

namespace OrderCenter.Api;

/// <summary>The texts of states in the native API.</summary>
internal static class EnumTexts
{
    public static readonly EnumText<PayState> Pay = new(
        (PayState.Unpaid, "unpaid"), (PayState.Paid, "paid"), (PayState.Refunded, "refunded"));

    public static readonly EnumText<Progress> Progress = new(
        (Domain.Progress.Created, "created"), (Domain.Progress.Delivering, "delivering"), (Domain.Progress.Delivered, "delivered"),
        (Domain.Progress.Failed, "failed"),
        (Domain.Progress.Closed, "closed"), (Domain.Progress.Review, "review"));

    public static readonly EnumText<RefundState> Refund = new(
        (RefundState.Asked, "asked"), (RefundState.Done, "done"), (RefundState.Failed, "failed"), (RefundState.Unknown, "unknown"),
        (RefundState.Closed, "closed"), (RefundState.Reversed, "reversed"));

    public static readonly EnumText<CallbackStatus> Callback = new(
        (CallbackStatus.Pending, "pending"), (CallbackStatus.Delivering, "delivering"), (CallbackStatus.Delivered, "delivered"),
        (CallbackStatus.Exhausted, "exhausted"),
        (CallbackStatus.Held, "held"), (CallbackStatus.Cancelled, "cancelled"));

    public static readonly EnumText<NotificationState> Notification = Of<NotificationState>(NotificationStore.Name);
    public static readonly EnumText<DiscrepancyKind> Discrepancy = Of<DiscrepancyKind>(ReconciliationQueries.Name);
    public static readonly EnumText<ResolutionState> Resolution = Of<ResolutionState>(ReconciliationQueries.Name);

    public static readonly EnumText<StatementFetchState> StatementFetch = Of<StatementFetchState>(StatementFetchQueries.Name);

    public static readonly EnumText<StatisticsStep> StatisticsStep = new(
        (OrderCenter.Statistics.StatisticsStep.Hour, "hour"), (OrderCenter.Statistics.StatisticsStep.Day, "day"));

    public static readonly EnumText<StatisticsKey> StatisticsKey = new(
        (OrderCenter.Statistics.StatisticsKey.Game, "game"), (OrderCenter.Statistics.StatisticsKey.Channel, "channel"),
        (OrderCenter.Statistics.StatisticsKey.Currency, "currency"), (OrderCenter.Statistics.StatisticsKey.Product, "product"));

    private static EnumText<T> Of<T>(Func<T, string> name)
        where T : struct, Enum => new([.. Enum.GetValues<T>().Select(value => (value, name(value)))]);
}
