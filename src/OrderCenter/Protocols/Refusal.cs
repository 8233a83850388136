using OrderCenter.Store;

namespace OrderCenter.Protocols;

/// <summary>How a protocol says, in its own shape, that it did nothing for now: also metadata of its endpoints, for those who refuse before them.</summary>
/// <param name="context">The request.</param>
/// <param name="message">What was wrong and what is allowed.</param>
/// <param name="status">The HTTP status.</param>
internal delegate Task Refusal(HttpContext context, string message, int status);

/// <summary>An app asks more often than it may; nothing was done.</summary>
internal sealed class TooManyRequestsException() : Exception("too many requests of this app; try again in a second");

/// <summary>Faults that pass: the same request may succeed a second later, and its caller is told so.</summary>
internal static class Passing
{
    public static async Task ServeAsync<T>(HttpContext context, T request, Func<T, Task> serve, Refusal refuse)
    {
        try
        {
            await serve(request);
        }
        catch (Exception passing) when (passing is StoreBusyException or TooManyRequestsException)
        {
            context.Response.Headers.RetryAfter = "1";
            await refuse(context, passing.Message, passing is TooManyRequestsException ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable);
        }
    }
}
