namespace OrderCenter.Protocols;

/// <summary>How a protocol answers a request that never reached it, in its own shape: metadata of its endpoints, for those who refuse before them.</summary>
/// <param name="context">The request.</param>
/// <param name="message">What was wrong and what is allowed.</param>
/// <param name="status">The HTTP status.</param>
internal delegate Task Refusal(HttpContext context, string message, int status);
