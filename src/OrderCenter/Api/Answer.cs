using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderCenter.Api;

/// <summary>An answer of the native API as bytes, so that it can be kept and given again (Idempotency-Key).</summary>
internal sealed class Answer(int status, byte[] body, bool isProblem) : IResult, IStatusCodeHttpResult
{
    public int Status => status;

    int? IStatusCodeHttpResult.StatusCode => status;

    public byte[] Body => body;

    /// <summary>Whether the answer was given before to the same Idempotency-Key.</summary>
    public bool IsReplay { get; init; }

    public static Answer Json<T>(int status, T body, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, type), isProblem: false);

    /// <summary>RFC 9457: what was wrong and what is allowed.</summary>
    public static Answer Problem(int status, string title, IReadOnlyList<FieldFault>? errors = null) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new ProblemJson("about:blank", title, status, errors), ApiJson.Readable.ProblemJson), isProblem: true);

    /// <summary>What was asked for is no longer kept; the oldest number that is.</summary>
    public static Answer Gone(string title, long oldestNumber) =>
        new(
            StatusCodes.Status410Gone,
            JsonSerializer.SerializeToUtf8Bytes(
                new ProblemJson("about:blank", title, StatusCodes.Status410Gone, null) { OldestNumber = oldestNumber }, ApiJson.Readable.ProblemJson),
            isProblem: true);

    public static Answer Invalid(string field, string allowed) => Problem(StatusCodes.Status400BadRequest, $"{field} {allowed}", [new FieldFault(field, allowed)]);

    public static Answer NotFound(string what) => Problem(StatusCodes.Status404NotFound, $"{what} not found");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = isProblem ? "application/problem+json" : "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        if (IsReplay)
        {
            response.Headers["Idempotency-Replayed"] = "true";
        }
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
