using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Api;

/// <summary>A response of the native API as bytes, so that it can be stored and sent again (Idempotency-Key).</summary>
internal sealed class ApiResult(int status, byte[] body, bool isProblem) : IResult, IStatusCodeHttpResult
{
    public int Status => status;

    int? IStatusCodeHttpResult.StatusCode => status;

    public byte[] Body => body;

    /// <summary>Whether it was sent before, to the first request with the same Idempotency-Key.</summary>
    public bool IsReplay { get; init; }

    public static ApiResult Json<T>(int status, T body, JsonTypeInfo<T> type) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(body, type), isProblem: false);

    public static ApiResult Ok<T>(T body, JsonTypeInfo<T> type) => Json(StatusCodes.Status200OK, body, type);

    /// <summary>RFC 9457: what was wrong and what is allowed.</summary>
    public static ApiResult Problem(int status, string title, IReadOnlyList<FieldFault>? errors = null) =>
        Problem(new ProblemJson("about:blank", title, status, errors));

    /// <summary>The state of what was named does not allow the operation.</summary>
    public static ApiResult Conflict(string title) => Problem(StatusCodes.Status409Conflict, title);

    /// <summary>What was requested is no longer kept; the oldest number that is.</summary>
    public static ApiResult Gone(string title, long oldestNumber) =>
        Problem(new ProblemJson("about:blank", title, StatusCodes.Status410Gone, null) { OldestNumber = oldestNumber });

    /// <summary>A fault of this service, with its trace id where the log has it.</summary>
    public static ApiResult InternalFault(int status, string title, string? traceId) =>
        Problem(new ProblemJson("about:blank", title, status, null) { TraceId = traceId });

    public static ApiResult Invalid(string field, string allowed) =>
        Problem(StatusCodes.Status400BadRequest, $"{field} {allowed}", [new FieldFault(field, allowed)]);

    public static ApiResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, $"{what} not found");

    private static ApiResult Problem(ProblemJson problem) =>
        new(problem.Status, JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Readable.ProblemJson), isProblem: true);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (isProblem && !IsReplay && RefusalLog.CauseOf(status) is { } cause)
        {
            var path = httpContext.Request.Path;
            var endpoints = path.StartsWithSegments("/api", StringComparison.Ordinal) ? "native"
                : path.StartsWithSegments("/notify", StringComparison.Ordinal) ? "notify" : "other";
            httpContext.RequestServices.GetRequiredService<RefusalLog>()
                .Count(endpoints, cause, httpContext.Connection.RemoteIpAddress, httpContext.Request.Method);
        }
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
