using OrderCenter.Orders.Refusals;

namespace OrderCenter.Protocols;

/// <summary>Counts refused requests. The counter is looked up only when a request is refused, so that successful requests do not pay for
/// it.</summary>
internal static class RefusalExtensions
{
    /// <param name="context">The refused request.</param>
    /// <param name="endpoints">The protocol.</param>
    /// <param name="status">The HTTP status of the response.</param>
    /// <param name="cause">Why the protocol refused it; not used where the status says that the request never reached the protocol.</param>
    /// <param name="message">The message of the response.</param>
    public static void CountRefusal(this HttpContext context, string endpoints, int status, string cause, string message) =>
        context.RequestServices.GetRequiredService<RefusalLog>().Count(
            endpoints, RefusalLog.CauseOf(status) ?? cause, context.Connection.RemoteIpAddress, message);
}
