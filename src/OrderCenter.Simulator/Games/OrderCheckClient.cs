using System.Net.Http.Headers;

namespace OrderCenter.Simulator.Games;

/// <summary>The SDK in a player's device: it asks for an order's check in msgpack and reads the map that comes back.</summary>
public sealed class OrderCheckClient(HttpClient http)
{
    /// <summary>The order is checked and its goods were handed over now.</summary>
    public const int Delivered = 0;
    public const int Failed = 1;

    /// <summary>The goods had been handed over before.</summary>
    public const int AlreadyDelivered = 2;

    /// <summary>What a check answered.</summary>
    /// <param name="HttpStatus">Always 200, except where the request never reaches the protocol.</param>
    /// <param name="Message"><c>successful</c>, <c>failed</c> or <c>repeated</c>.</param>
    /// <param name="TimestampSeconds">Unix seconds.</param>
    /// <param name="Code">0 delivered, 1 failed, 2 repeated.</param>
    /// <param name="Data">Why it failed.</param>
    public sealed record Reply(int HttpStatus, string Message, long TimestampSeconds, int Code, string Data);

    /// <summary>The eight keys of a check, in the document's order.</summary>
    public sealed record Check
    {
        public required string SdkId { get; init; }
        public required string OrderId { get; init; }
        public required string GameId { get; init; }
        public required string ProductId { get; init; }

        /// <summary>A text, or a number as some SDKs send it (<see cref="long"/>, <see cref="double"/>).</summary>
        public required object Amount { get; init; }
        public required string Currency { get; init; }

        /// <summary>A number, its text or a channel's name.</summary>
        public required object PlatformId { get; init; }
        public required string PlatformOrderId { get; init; }

        /// <summary>Whether the key is <c>plaform_id</c>, as the document has it in one place.</summary>
        public bool IsMisspelt { get; init; }

        /// <summary>As msgpack.</summary>
        public byte[] ToBytes() => MsgPackMap.Write(
        [
            new("sdk_id", SdkId), new("sz_order_id", OrderId), new("game_id", GameId), new("game_product_id", ProductId), new("amount", Amount),
            new("currency", Currency), new(IsMisspelt ? "plaform_id" : "platform_id", PlatformId), new("platform_order_id", PlatformOrderId),
        ]);
    }

    public Task<Reply> CheckAsync(Check check, CancellationToken cancellationToken) => PostAsync(check.ToBytes(), cancellationToken);

    /// <summary>Posts any bytes.</summary>
    public async Task<Reply> PostAsync(byte[] body, CancellationToken cancellationToken, string contentType = "application/msgpack")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var response = await http.PostAsync(new Uri("/openapi/order/check", UriKind.Relative), content, cancellationToken);
        var answer = MsgPackMap.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        if (answer is not [("msg", string message), ("timestamp", long timestamp), ("code", long code), ("data", string data)])
        {
            throw new FormatException("the answer is not msg, timestamp, code, data");
        }
        return new Reply((int)response.StatusCode, message, timestamp, (int)code, data);
    }
}
