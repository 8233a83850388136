using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>A receipt that could not be judged yet, as it is kept: sealed, with the game's own order number that came with it.</summary>
internal sealed record KeptReceipt(string Receipt, string? MerchantOrderId, IReadOnlyList<string>? Content)
{
    [JsonIgnore]
    public LateKey? LateKey => MerchantOrderId is null ? null : new LateKey(MerchantOrderId, _ => Content!);

    public static string Place(OrderId id) => $"receipt of order {id}";
}

public sealed partial class OrderBook
{
    /// <summary>How many inquiries are kept for one order: a client may present several receipts while a store is down, and a stranger's must not fill the
    /// table.</summary>
    private const int AsksMax = 9;

    /// <summary>Keeps a receipt whose store could not be asked: it is presented again by a schedule (<see cref="Makeup"/>), whether the client comes back or
    /// not. The same receipt is kept once.</summary>
    private async Task KeepReceiptAsync(Order order, Receipt receipt, LateKey? lateKey, string reason)
    {
        if (order.State.Pay != PayState.Unpaid)
        {
            return;
        }
        var text = receipt.Sent.GetRawText();
        var kept = new KeptReceipt(text, lateKey?.MerchantOrderId, lateKey?.ContentOf(order));
        var ask = new StoreAsk
        {
            OrderId = order.Id,
            Key = "receipt:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16)),
            GameId = order.GameId,
            Channel = order.Channel,
            Sealed = vault.Seal(JsonSerializer.Serialize(kept, KeptReceiptJson.Default.KeptReceipt), KeptReceipt.Place(order.Id)),
            SinceMs = NowMs,
            DueMs = NowMs + Makeup.FirstWaitMs,
            Outcome = reason,
        };
        var isKept = await store.WriteAsync(
            async transaction => await AskTable.CountAsync(transaction, order.Id) < AsksMax && await AskTable.InsertAsync(transaction, ask), CancellationToken.None);
        if (isKept)
        {
            LogReceiptKept(log, order.Id, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId} receipt kept, to be judged again: {Reason}")]
    private static partial void LogReceiptKept(ILogger logger, OrderId orderId, string reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KeptReceipt))]
internal sealed partial class KeptReceiptJson : JsonSerializerContext;
