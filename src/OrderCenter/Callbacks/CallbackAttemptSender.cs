using System.Diagnostics;
using System.Text;
using OrderCenter.Callbacks.Endpoints;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.Callbacks;

/// <summary>Makes one attempt: encodes the callback, sends it and reads the response by the app's protocol.</summary>
internal sealed class CallbackAttemptSender(
    CallbackProtocols protocols, ICallbackHttpClient http, Vault vault, DispatcherState state, TimeProvider clock)
{
    /// <summary>Where responses are stored, sealed and plain ones.</summary>
    public static readonly SealedColumn[] SealedColumns =
    [
        new("callbacks", "order_id, number", "response", PlaceOf) { Numbers = ["number"], MayHoldOther = true },
        new("callback_attempts", "order_id, callback_number, number", "response", PlaceOf)
        {
            Numbers = ["callback_number", "number"], MayHoldOther = true,
        },
    ];

    private const int ResponseBytesMax = 4096;

    /// <summary>A response this short is stored unencrypted: it is too short to hold a secret that was not masked. An accepted one is not
    /// even masked: it is the protocol's acknowledgement.</summary>
    private const int PlaintextResponseBytesMax = 16;

    public async Task<(long StartedMs, AttemptOutcome Outcome)> SendAsync(App app, Secret secret, LeasedCallback leased)
    {
        var protocol = protocols.Of(app, leased.Callback.Event);
        var body = protocol.Encode(app, leased.Row, leased.Callback, secret);
        var startedMs = state.WallMs;
        var secrets = app.Secrets.Where(candidate => candidate.IsValidAt(startedMs)).Select(candidate => candidate.Value).ToList();
        var started = clock.GetTimestamp();
        using var span = Tracing.Start("callback", ActivityKind.Client, leased.Caller);
        span?.SetTag("ordercenter.order.id", leased.Callback.Id.OrderId.Value)
            .SetTag("ordercenter.callback.event", CallbackEvents.NameOf(leased.Callback.Event));
        var result = await http.SendAsync(app, leased.Callback, body, secrets, state.RequestToken);
        span?.SetTag("http.response.status_code", result.HttpStatus).SetTag("error.type", result.Error);
        var durationMs = (long)clock.GetElapsedTime(started).TotalMilliseconds;
        var acknowledgement = result.HttpStatus is { } status
            ? protocol.ReadAcknowledgement(status, result.Body.Span) : Acknowledgement.Refused(result.Error!);
        var failure = acknowledgement.IsAccepted ? null : new EndpointFailure(state.WallMs, acknowledgement.Detail ?? "");
        state.EndpointOf(leased.Callback.Endpoint, leased.Callback.GameId).History.Count(state.MonotonicMs, durationMs, failure);
        var response = StoredResponse(result.Body.Span, body, acknowledgement, leased.Callback.Id);
        var isHonoured = protocol.HonoursRetryAfterAndGone;
        return (startedMs, new AttemptOutcome(
            acknowledgement, result.HttpStatus, response, durationMs,
            RetryAfterMs: isHonoured ? result.RetryAfterMs : null, IsGone: isHonoured && result.HttpStatus == 410));
    }

    /// <summary>The part of a response that is stored. If the request had secrets, they are masked and the rest is encrypted, since the
    /// response may hold them in a form that the mask does not know.</summary>
    private string? StoredResponse(ReadOnlySpan<byte> response, CallbackBody body, Acknowledgement acknowledgement, CallbackId id)
    {
        if (response.IsEmpty)
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(response[..Math.Min(response.Length, ResponseBytesMax)]).Replace('\0', '\ufffd');
        var isShort = response.Length <= PlaintextResponseBytesMax;
        if (!body.HasSecrets || (isShort && acknowledgement.IsAccepted))
        {
            return text;
        }
        text = ResponseRedactor.Redact(text, body.Secrets, isCut: response.Length > ResponseBytesMax);
        return isShort ? text : vault.Seal(text, Place(id));
    }

    private static string Place(CallbackId id) => $"answer to {id}";

    private static string PlaceOf(SealedRow row) =>
        Place(new CallbackId(OrderId.FromStore((string)row.Key[0]), (long)row.Key[1]));
}
