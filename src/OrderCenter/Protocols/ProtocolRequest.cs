using System.Globalization;
using OrderCenter.Persistence;

namespace OrderCenter.Protocols;

/// <summary>Serves one request of a protocol: reads it, and sends every refusal in the protocol's own shape.</summary>
internal static class ProtocolRequest
{
    /// <param name="context">The request.</param>
    /// <param name="reading">The request that is being read.</param>
    /// <param name="serve">Handles what was read.</param>
    /// <param name="refuse">Refuses what cannot be read, and what may succeed a second later: the database is busy, or the app sends too
    /// many requests.</param>
    public static async Task ServeAsync<T>(
        HttpContext context, ValueTask<ReadResult<T>> reading, Func<T, Task> serve, ErrorResponder refuse)
        where T : class
    {
        var (request, status, fault) = await reading;
        if (request is null)
        {
            await refuse(context, fault, status);
            return;
        }
        try
        {
            await serve(request);
        }
        catch (DatabaseBusyException busy)
        {
            context.Response.Headers.RetryAfter = "1";
            await refuse(context, busy.Message, StatusCodes.Status503ServiceUnavailable);
        }
        catch (TooManyRequestsException tooMany)
        {
            context.Response.Headers.RetryAfter = tooMany.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await refuse(context, tooMany.Message, StatusCodes.Status429TooManyRequests);
        }
    }
}
