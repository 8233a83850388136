using OrderCenter.Payments;
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

    /// <summary>The state of whichever weighs most, all messages, each with its product, and the first order that was named.</summary>
    public static ProviderEventOutcome Combine(IReadOnlyList<(ProviderEvent Event, ProviderEventOutcome Outcome)> outcomes)
    {
        var heaviest = outcomes.OrderBy(one => Array.IndexOf(ByWeight, one.Outcome.State)).FirstOrDefault();
        return new ProviderEventOutcome(
            heaviest.Outcome?.State ?? NotificationState.Ignored,
            string.Join("; ", outcomes.Select(one => $"{Name(one.Event)}{one.Outcome.Message}")),
            outcomes.Select(one => one.Outcome.OrderId).FirstOrDefault(order => order is not null))
        {
            Payment = heaviest.Event?.About,
        };
    }

    private static string Name(ProviderEvent reported) => reported.About?.ProductId is { } product ? $"{product}: " : "";
}
