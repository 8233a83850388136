using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;

namespace OrderCenter.Callbacks.Sending;

/// <summary>The HTTP request of a callback: what is sent, and what people are shown of it.</summary>
internal static class CallbackHttpRequest
{
    /// <param name="url">Where to.</param>
    /// <param name="id">The callback's.</param>
    /// <param name="body">As its protocol encoded it.</param>
    /// <param name="unixSeconds">When.</param>
    /// <param name="secrets">The app's valid secrets, each of which signs.</param>
    public static HttpRequestMessage Of(Uri url, CallbackId id, CallbackBody body, long unixSeconds, IReadOnlyList<Secret> secrets)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body.Bytes) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Identity);
        StandardWebhook.AddHeaders(request.Headers, id, unixSeconds, body.Bytes, secrets);
        return request;
    }
}
