using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks;

/// <summary>How a protocol sends callbacks: which events, to where and on which schedule, the bytes, and which
/// response is an acknowledgement.</summary>
public interface ICallbackProtocol
{
    /// <summary>The name in an app's <c>protocol</c>.</summary>
    string Name { get; }

    /// <summary>How many random digits order ids have if the app does not set it. A protocol with unsigned queries needs more.</summary>
    int OrderIdRandomDigits => OrderId.RandomDigitsMin;

    /// <summary>Whether an acknowledged <see cref="CallbackEvents.Paid"/> makes the order delivered. False: only a request of the game
    /// does.</summary>
    bool AcknowledgementFulfilsOrder { get; }

    /// <summary>Whether <c>Retry-After</c> and 410 of a response are obeyed. (The Standard Webhooks headers are sent by every
    /// protocol.)</summary>
    bool HonoursRetryAfterAndGone { get; }

    /// <summary>Where and on which schedule an order's event is sent; null: it is not sent.</summary>
    CallbackPlan? Plan(App app, Order order, string @event);

    /// <summary>The body of one attempt. Every attempt is encoded again, so that it is signed with the app's newest valid secret.</summary>
    CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret);

    /// <summary>What <see cref="Encode"/> makes, for people to read: without secret values, and with how the body is signed.</summary>
    CallbackPreview Preview(App app, OrderRow row, Callback callback, Secret secret) =>
        new(Encode(app, row, callback, secret), Signed: null);

    /// <summary>Whether a response is an acknowledgement. Never throws, whatever the response holds.</summary>
    /// <param name="httpStatus">The status of the response.</param>
    /// <param name="body">The body of the response, cut at 64 KiB.</param>
    Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body);

    /// <summary>How fields are signed, for the sign debugger; null: this protocol signs only the Standard Webhooks
    /// headers.</summary>
    SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret);
}
