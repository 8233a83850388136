namespace OrderCenter.Domain.Callbacks;

/// <summary>The callback that an app's protocol plans for an event: its URL and schedule; null: none. So the orders know no protocol by
/// name.</summary>
public delegate CallbackPlan? PlanCallback(App app, Order order, string @event);
