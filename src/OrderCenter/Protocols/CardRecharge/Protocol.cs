using System.Text;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Store;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's callback (protocols.md §4, "Callback"): the final result, to the address that came with the order, at most three times. HTTP 200
/// with <c>success</c> or <c>ok</c> acknowledges.</summary>
internal sealed class CardRechargeProtocol(CardInventory cards) : ICallbackProtocol
{
    public const string ProtocolName = CardInventory.SoldBy;

    private const long Minute = 60_000;

    /// <summary>At once, 3 min after the first, 5 min after the second.</summary>
    private static readonly IReadOnlyList<long> Waits = [0, 3 * Minute, 5 * Minute];

    public string Name => ProtocolName;

    public bool AcknowledgementDelivers => false;

    public bool SpeaksStandardWebhooks => false;

    /// <summary>Only an order with a final result and an address of its own is told; the app's <c>callbackUrl</c> is not used.</summary>
    public CallbackPlan? Plan(App app, Order order, string @event) =>
        @event == CallbackEvents.Result && order.NotifyUrl is { } url && order.State.Progress is Progress.Delivered or Progress.Failed
            ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits)
            : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var order = row.Order;
        var issued = cards.Of(order);
        return new CallbackBody(Json.Callback(order, issued, app.CardSignature, secret), "application/json") { HoldsSecrets = issued.Count > 0 };
    }

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in fields.Where(field => field.Key != Signing.SignField))
            {
                writer.WriteString(name, value);
            }
            writer.WriteEndObject();
        }
        var json = buffer.WrittenSpan;
        var sorted = new byte[json.Length];
        CharSort.TrySort(json, sorted);
        return new SignExplanation(
            $"the characters of the compact JSON of all fields but sign, in the order in which they stand ({Encoding.UTF8.GetString(json)}), sorted by code point, then the secret; MD5",
            Encoding.UTF8.GetString(sorted), Signing.Of(json, secret));
    }

    /// <summary>A refusal does not repeat what was answered: a receiver that sends the request back would have its cards stand in the attempt.</summary>
    public Acknowledgement Judge(int httpStatus, ReadOnlySpan<byte> body)
    {
        if (httpStatus != StatusCodes.Status200OK)
        {
            return Acknowledgement.Refused($"HTTP {httpStatus}: only 200 acknowledges");
        }
        var answer = body[Ascii.Trim(body)];
        return Ascii.EqualsIgnoreCase(answer, "success"u8) || Ascii.EqualsIgnoreCase(answer, "ok"u8)
            ? Acknowledgement.Accepted
            : Acknowledgement.Refused("the answer's body is neither success nor ok");
    }
}
