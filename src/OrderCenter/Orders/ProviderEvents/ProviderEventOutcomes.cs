using OrderCenter.Payments.Notifications;

namespace OrderCenter.Orders.ProviderEvents;

/// <summary>The outcome of a report that tells of several purchases.</summary>
internal static class ProviderEventOutcomes
{
    /// <summary>What a person has to look at comes first.</summary>
    private static readonly NotificationState[] ByWeight =
    [
        NotificationState.Failed, NotificationState.Unapplied, NotificationState.Unclaimed, NotificationState.Held,
        NotificationState.Applied, NotificationState.Ignored,
    ];

    /// <summary>The state of whichever weighs most, all messages, and the first order that was named.</summary>
    public static ProviderEventOutcome Combine(IReadOnlyList<ProviderEventOutcome> outcomes) => new(
        ByWeight.FirstOrDefault(state => outcomes.Any(outcome => outcome.State == state), NotificationState.Ignored),
        string.Join("; ", outcomes.Select(outcome => outcome.Message)),
        outcomes.FirstOrDefault(outcome => outcome.OrderId is not null)?.OrderId);
}
