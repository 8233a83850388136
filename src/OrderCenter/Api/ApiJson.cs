using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>RFC 9457 problem details.</summary>
internal sealed record ProblemJson(
    string Type, string Title, int Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldFault>? Errors)
{
    /// <summary>Of a feed whose cursor is too old: the oldest number that can be had.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? OldestNumber { get; init; }
}

/// <summary>A field and what is allowed in it.</summary>
internal sealed record FieldFault(string Field, string Allowed);

/// <summary>A page of a list, newest first.</summary>
internal sealed record PageJson<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Body of <c>POST /apps/{gameId}/secrets</c>.</summary>
internal sealed record RotateJson
{
    public string? Secret { get; init; }

    /// <summary>How long the secrets before go on verifying, seconds.</summary>
    public long PreviousValidSeconds { get; init; }
}

/// <summary>Body of <c>POST /orders</c>. <c>gameId</c> is a number or an alias; <c>money</c> is decimal text (a JSON number is taken by its text).</summary>
internal sealed record NewOrderJson
{
    public JsonElement GameId { get; init; }
    public string? ProductId { get; init; }
    public string? ProductName { get; init; }
    public JsonElement Money { get; init; }
    public string? Currency { get; init; }
    public string? UserId { get; init; }
    public string? MerchantOrderId { get; init; }
    public int? Quantity { get; init; }
    public JsonElement Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public JsonElement Extra { get; init; }
}

/// <summary>Answer of <c>POST /orders</c>.</summary>
/// <param name="OrderId">Its number.</param>
/// <param name="Pay">What the client hands to the platform's SDK; only for a channel whose payment begins with us.</param>
/// <param name="PayFault">Why there is no <c>pay</c>; the same request again asks the platform again.</param>
internal sealed record OrderCreatedJson(
    string OrderId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Pay = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PayFault = null);

/// <summary>Body of <c>POST /orders/{orderId}/paid</c>.</summary>
internal sealed record PaidJson
{
    public string? Channel { get; init; }
    public string? TransactionId { get; init; }
    public JsonElement Money { get; init; }
    public string? Currency { get; init; }
    public string? Reason { get; init; }
}

/// <summary>Body of acts by hand.</summary>
internal sealed record ReasonJson
{
    public string? Reason { get; init; }
}

/// <summary>An order as the native API shows it.</summary>
internal sealed record OrderJson
{
    public required string OrderId { get; init; }
    public required long GameId { get; init; }
    public required string Protocol { get; init; }
    public string? MerchantOrderId { get; init; }
    public required string ProductId { get; init; }
    public required string ProductName { get; init; }
    public required string Money { get; init; }
    public required string Currency { get; init; }
    public required string UserId { get; init; }
    public required int Quantity { get; init; }
    public string? Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public required string PayState { get; init; }
    public required string State { get; init; }
    public string? StateReason { get; init; }
    public required bool Test { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime ExpiresAt { get; init; }
    public DateTime? PaidAt { get; init; }
    public DateTime? DeliveredAt { get; init; }
    public PaymentJson? Payment { get; init; }

    /// <summary>What else the game sent, by its protocol's field names; the native <c>extra</c> as it was sent.</summary>
    public required JsonObject Attributes { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<CallbackJson> Callbacks { get; init; }

    /// <summary>Authentic payments that paid nothing here; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnappliedJson>? UnappliedPayments { get; init; }

    /// <summary>Acts by hand, oldest first; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ActJson>? Acts { get; init; }

    /// <summary>What the stores told of it, oldest first, without the bodies; only where one order is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NoticeJson>? Notifications { get; init; }

    /// <summary>What the store gave back in parts so far; only where one order is read and there is such a refund.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefundedMoney { get; init; }
}

internal sealed record PaymentJson(
    string Channel, string TransactionId, string? StoreOrderId, string Environment, string? Money, string? Currency, string? ProductId, int Quantity, DateTime? PurchasedAt);

internal sealed record UnappliedJson(PaymentJson Payment, DateTime SeenAt, string Reason);

internal sealed record ActJson(DateTime At, string Actor, string Action, string Reason, string From, string To);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(PageJson<JsonObject>))]
[JsonSerializable(typeof(PageJson<OrderJson>))]
[JsonSerializable(typeof(PageJson<CallbackJson>))]
[JsonSerializable(typeof(RedeliverJson))]
[JsonSerializable(typeof(RedeliveredJson))]
[JsonSerializable(typeof(JobJson))]
[JsonSerializable(typeof(SignJson))]
[JsonSerializable(typeof(SignedJson))]
[JsonSerializable(typeof(RotateJson))]
[JsonSerializable(typeof(NewOrderJson))]
[JsonSerializable(typeof(OrderCreatedJson))]
[JsonSerializable(typeof(PaidJson))]
[JsonSerializable(typeof(ReasonJson))]
[JsonSerializable(typeof(RefundJson))]
[JsonSerializable(typeof(RecheckJson))]
[JsonSerializable(typeof(NoticeJson))]
[JsonSerializable(typeof(PageJson<NoticeJson>))]
[JsonSerializable(typeof(OrderJson))]
[JsonSerializable(typeof(UserPutJson))]
[JsonSerializable(typeof(UserJson))]
[JsonSerializable(typeof(OpenIdAskedJson))]
[JsonSerializable(typeof(OpenIdJson))]
[JsonSerializable(typeof(PostingJson))]
[JsonSerializable(typeof(BalanceJson))]
[JsonSerializable(typeof(ChangesJson))]
[JsonSerializable(typeof(ReconciliationAnswerJson))]
[JsonSerializable(typeof(PageJson<ReconciliationAnswerJson>))]
[JsonSerializable(typeof(DifferenceJson))]
[JsonSerializable(typeof(PageJson<DifferenceJson>))]
[JsonSerializable(typeof(RepairAskedJson))]
[JsonSerializable(typeof(ImportJson))]
[JsonSerializable(typeof(ImportedJson))]
[JsonSerializable(typeof(StockJson))]
[JsonSerializable(typeof(ResultJson))]
[JsonSerializable(typeof(OrderCardsJson))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Text is written as it is (Chinese as Chinese): answers are JSON, never part of a page. They may be deeper than a body, since an order's
    /// <c>extra</c> stands deeper in a list than in the request that brought it.</summary>
    public static ApiJson Readable => Unescaped.Context;

    /// <summary>Made at first use, when <see cref="Default"/> exists.</summary>
    private static class Unescaped
    {
        public static readonly ApiJson Context = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 });
    }
}
