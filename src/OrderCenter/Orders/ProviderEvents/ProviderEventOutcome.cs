using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Orders.ProviderEvents;

/// <summary>The result of applying a <see cref="Payments.ProviderEvent"/>.</summary>
/// <param name="State">The state that its notification gets.</param>
/// <param name="Message">For the operator.</param>
/// <param name="OrderId">The order that it concerns; null: none.</param>
public sealed record ProviderEventOutcome(NotificationState State, string Message, OrderId? OrderId)
{
    /// <summary>Which of several payments gave it its state; null: there is but one.</summary>
    public Payment? Payment { get; init; }
}
