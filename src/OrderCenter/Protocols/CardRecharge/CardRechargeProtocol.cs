using System.Text;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>CardRecharge's callback (protocols.md §4, "Callback"): the final result, to the address that came with the order, at most
/// three times. HTTP 200 with <c>success</c> or <c>ok</c> acknowledges.</summary>
internal sealed class CardRechargeProtocol(CardInventory cards) : ICallbackProtocol
{
    public const string ProtocolName = CardInventory.SoldBy;

    private const long Minute = 60_000;
    private const int RectCharsMin = 4;

    /// <summary>At once, 3 min after the first, 5 min after the second.</summary>
    private static readonly IReadOnlyList<long> Waits = [0, 3 * Minute, 5 * Minute];

    public string Name => ProtocolName;

    public bool AcknowledgementFulfilsOrder => false;

    public bool HonoursRetryAfterAndGone => false;

    /// <summary>Only an order with a final result and an address of its own has a callback; the app's <c>callbackUrl</c> is not
    /// used.</summary>
    public CallbackPlan? Plan(App app, Order order, string @event) =>
        @event == CallbackEvents.Result && order.NotifyUrl is { } url && order.State.Progress is Progress.Delivered or Progress.Failed
            ? new CallbackPlan(url, app.Callback.RetryMs ?? Waits)
            : null;

    public CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret)
    {
        var order = row.Order;
        var issued = cards.Of(order);
        var body = CardRechargeJson.Callback(order, issued, app.CardSignature, secret);
        return new CallbackBody(body, "application/json") { Secrets = [.. issued.SelectMany(SecretsOf)] };
    }

    /// <summary>With every card masked; the sign is then of the masked cards too, and says nothing of the true one.</summary>
    public CallbackPreview Preview(App app, OrderRow row, Callback callback, Secret secret)
    {
        var masked = cards.Of(row.Order).Select(card => card.Masked()).ToList();
        var body = new CallbackBody(CardRechargeJson.Callback(row.Order, masked, app.CardSignature, secret), "application/json");
        var signed = ExplanationOf(CardRechargeJson.CallbackFields(row.Order, masked, app.CardSignature), secret);
        return new CallbackPreview(body, signed) { IsMasked = masked.Count > 0 };
    }

    /// <summary>What can be spent: a short <c>card_rect</c> is a word, a longer one a number.</summary>
    private static IEnumerable<string> SecretsOf(Card card) =>
        ((string[])[card.No, card.Password, card.Rect.Length >= RectCharsMin ? card.Rect : ""]).Where(text => text.Length > 0);

    public SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret)
    {
        var json = JsonResponse.ToBytes(fields.Where(field => field.Key != CardRechargeSigning.SignField), static (writer, fields) =>
        {
            foreach (var (name, value) in fields)
            {
                writer.WriteString(name, value);
            }
        });
        return ExplanationOf(json, secret);
    }

    private static SignExplanation ExplanationOf(byte[] json, Secret secret)
    {
        var sorted = new byte[json.Length];
        CharSort.TrySort(json, sorted);
        return new SignExplanation(
            "the characters of the compact JSON of all fields but sign, in the order in which they stand "
            + $"({Encoding.UTF8.GetString(json)}), sorted by code point, then the secret; MD5",
            Encoding.UTF8.GetString(sorted), CardRechargeSigning.Of(json, secret));
    }

    /// <summary>The refusal does not quote the response: a receiver that echoes the request would put card numbers into the attempt's
    /// record.</summary>
    public Acknowledgement ReadAcknowledgement(int httpStatus, ReadOnlySpan<byte> body)
    {
        if (httpStatus != StatusCodes.Status200OK)
        {
            return Acknowledgement.Refused($"HTTP {httpStatus}: only 200 acknowledges");
        }
        body = ByteOrderMark.Skip(body);
        var text = body[Ascii.Trim(body)];
        return Ascii.EqualsIgnoreCase(text, "success"u8) || Ascii.EqualsIgnoreCase(text, "ok"u8)
            ? Acknowledgement.Accepted
            : Acknowledgement.Refused("the answer's body is neither success nor ok");
    }
}
