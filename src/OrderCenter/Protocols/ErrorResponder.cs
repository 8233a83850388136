namespace OrderCenter.Protocols;

/// <summary>Refuses a request in a protocol's own shape; as metadata of its endpoints also for what refuses before them.</summary>
/// <param name="context">The request.</param>
/// <param name="message">What is wrong and what is allowed.</param>
/// <param name="status">The HTTP status; 200 where only the protocol's envelope says that it is refused.</param>
internal delegate Task ErrorResponder(HttpContext context, string message, int status);
