using OrderCenter.Callbacks;
using OrderCenter.Model;
using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Finds an app's protocol by its name.</summary>
internal sealed class InstalledProtocols(IEnumerable<ICallbackProtocol> protocols) : ICallbackPlans
{
    private readonly Dictionary<string, ICallbackProtocol> _protocols = protocols.ToDictionary(protocol => protocol.Name, StringComparer.Ordinal);

    public CallbackPlan? Plan(App app, Order order, string @event) => _protocols[app.Protocol].Plan(app, order, @event);
}
