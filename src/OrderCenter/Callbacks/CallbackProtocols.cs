using System.Collections.Frozen;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks;

/// <summary>The installed protocols, found by the name in an app's settings.</summary>
internal sealed class CallbackProtocols(IEnumerable<ICallbackProtocol> protocols)
{
    private readonly FrozenDictionary<string, ICallbackProtocol> _byName =
        protocols.ToFrozenDictionary(protocol => protocol.Name, StringComparer.Ordinal);

    public ICallbackProtocol Of(App app) => _byName[app.Protocol];

    /// <summary>How a callback of that event is sent.</summary>
    public ICallbackProtocol Of(App app, string @event) => CallbackEvents.IsTold(@event) ? OrderEventProtocol.Instance : Of(app);

    public CallbackPlan? Plan(App app, Order order, string @event) => Of(app, @event).Plan(app, order, @event);
}
