using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OrderCenter.Api.Alerts;
using OrderCenter.Api.Live;
using OrderCenter.Api.Search;
using OrderCenter.Api.Statistics;
using OrderCenter.Api.Work;

namespace OrderCenter.Api;

/// <summary>RFC 9457 problem details.</summary>
internal sealed record ProblemJson(
    string Type, string Title, int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldFault>? Errors)
{
    /// <summary>Of a feed whose cursor is too old: the oldest number that can be had.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? OldestNumber { get; init; }

    /// <summary>Of a fault of ours: under what it is in the log.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}

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
[JsonSerializable(typeof(PageJson<StatementFetchJson>))]
[JsonSerializable(typeof(StatementFetchRequestJson))]
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
[JsonSerializable(typeof(RefundAnswerJson))]
[JsonSerializable(typeof(ConsumptionJson))]
[JsonSerializable(typeof(RecheckJson))]
[JsonSerializable(typeof(NotificationJson))]
[JsonSerializable(typeof(PageJson<NotificationJson>))]
[JsonSerializable(typeof(OrderJson))]
[JsonSerializable(typeof(UserPutJson))]
[JsonSerializable(typeof(UserJson))]
[JsonSerializable(typeof(OpenIdRequestJson))]
[JsonSerializable(typeof(OpenIdJson))]
[JsonSerializable(typeof(PostingJson))]
[JsonSerializable(typeof(BalanceJson))]
[JsonSerializable(typeof(ChangesJson))]
[JsonSerializable(typeof(ReconciliationAnswerJson))]
[JsonSerializable(typeof(PageJson<ReconciliationAnswerJson>))]
[JsonSerializable(typeof(DiscrepancyJson))]
[JsonSerializable(typeof(PageJson<DiscrepancyJson>))]
[JsonSerializable(typeof(ResolutionRequestJson))]
[JsonSerializable(typeof(ImportJson))]
[JsonSerializable(typeof(ImportedJson))]
[JsonSerializable(typeof(StockJson))]
[JsonSerializable(typeof(ResultJson))]
[JsonSerializable(typeof(OrderCardsJson))]
[JsonSerializable(typeof(SessionJson))]
[JsonSerializable(typeof(SignInJson))]
[JsonSerializable(typeof(PasswordJson))]
[JsonSerializable(typeof(CodeJson))]
[JsonSerializable(typeof(EnrolJson))]
[JsonSerializable(typeof(SecondFactorJson))]
[JsonSerializable(typeof(OperatorJson))]
[JsonSerializable(typeof(PageJson<OperatorJson>))]
[JsonSerializable(typeof(NewOperatorJson))]
[JsonSerializable(typeof(OperatorChangeJson))]
[JsonSerializable(typeof(TokenJson))]
[JsonSerializable(typeof(PageJson<TokenJson>))]
[JsonSerializable(typeof(NewTokenJson))]
[JsonSerializable(typeof(PageJson<AuditJson>))]
[JsonSerializable(typeof(AuditVerdictJson))]
[JsonSerializable(typeof(AlertEntryJson))]
[JsonSerializable(typeof(PageJson<AlertEntryJson>))]
[JsonSerializable(typeof(AlertSinksJson))]
[JsonSerializable(typeof(AlertTestJson))]
[JsonSerializable(typeof(AlertConditionsJson))]
[JsonSerializable(typeof(AlertThresholdsJson))]
[JsonSerializable(typeof(WorkJson))]
[JsonSerializable(typeof(PageJson<EndpointJson>))]
[JsonSerializable(typeof(ChannelTestJson))]
[JsonSerializable(typeof(TryJson))]
[JsonSerializable(typeof(TriedJson))]
[JsonSerializable(typeof(PageJson<RecipeJson>))]
[JsonSerializable(typeof(ProbeJson))]
[JsonSerializable(typeof(ProbedJson))]
[JsonSerializable(typeof(LiveJson))]
[JsonSerializable(typeof(StatisticsJson))]
[JsonSerializable(typeof(SearchJson))]
[JsonSerializable(typeof(CallbackRequestJson))]
[JsonSerializable(typeof(PlayerJson))]
[JsonSerializable(typeof(ErasureJson))]
[JsonSerializable(typeof(PlayerExportJson))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Text is written as it is (Chinese as Chinese): answers are JSON, never part of a page. They may be deeper than a body,
    /// since an order's <c>extra</c> stands deeper in a list than in the request that brought it.</summary>
    public static ApiJson Readable => Unescaped.Context;

    /// <summary>Made at first use, when <see cref="Default"/> exists.</summary>
    private static class Unescaped
    {
        public static readonly ApiJson Context = new(
            new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 });
    }
}
