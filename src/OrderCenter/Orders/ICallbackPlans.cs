using OrderCenter.Model;

namespace OrderCenter.Orders;

/// <summary>What an app's protocol says of an event: whether it is told, where, and on which schedule. The orders know no protocol by name.</summary>
public interface ICallbackPlans
{
    /// <returns>Null: the event is not told.</returns>
    CallbackPlan? Plan(App app, Order order, string @event);
}
