using System.Text;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>How what is told at an app's <c>eventsUrl</c> is sent, whatever protocol the app speaks: a Standard Webhooks message whose body
/// was fixed when it happened; any 2xx acknowledges it.</summary>
internal sealed class OrderEventProtocol : ICallbackProtocol
{
    public static readonly OrderEventProtocol Instance = new();

    public string Name => "events";

    public bool AcknowledgementFulfilsOrder => false;

    public bool HonoursRetryAfterAndGone => true;

    public CallbackPlan? Plan(App app, Order order, string @event) => OrderEventOutbox.PlanOf(app);

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret) =>
        new(Encoding.UTF8.GetBytes(callback.Content ?? ""), "application/json");

    public Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body) =>
        httpStatus is >= 200 and <= 299 ? Acknowledgement.Accepted : Acknowledgement.Refused($"HTTP {httpStatus}: any 2xx acknowledges");

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret) => null;
}
