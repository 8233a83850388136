using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OrderCenter.Orders;
using OrderCenter.Payments;

namespace OrderCenter.Channels;

/// <summary><c>POST /notify/{channel}/{gameId}</c> (contract.md, "Channels"): the one door for the notifications of all stores.</summary>
internal sealed class NotifyEndpoint(Inbox inbox, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/notify/{channel}/{gameId}", ActivatorUtilities.CreateInstance<NotifyEndpoint>(routes.ServiceProvider).TakeAsync).ExcludeFromDescription();

    private async Task TakeAsync(HttpContext context)
    {
        var name = context.Request.RouteValues["channel"] as string ?? "";
        if (inbox.Find(name) is not { } channel)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var (body, status) = await ReadBodyAsync(context);
        if (body is null)
        {
            await AnswerAsync(context, channel.Answer(NoticeReception.Refused) with { HttpStatus = status });
            return;
        }
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (header, value) in context.Request.Headers)
        {
            headers[header.ToLowerInvariant()] = value.ToString();
        }
        var notice = new RawNotice(headers, body, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var reception = await inbox.TakeAsync(channel, context.Request.RouteValues["gameId"] as string ?? "", notice, context.RequestAborted);
        await AnswerAsync(context, channel.Answer(reception));
    }

    private static async Task<(byte[]? Body, int Status)> ReadBodyAsync(HttpContext context)
    {
        // Kestrel's own limit would close the connection before the store could read an answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (context.Request.ContentLength > Inbox.BodyBytesMax)
        {
            return (null, StatusCodes.Status413PayloadTooLarge);
        }
        using var body = new MemoryStream();
        var part = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
            {
                if (body.Length + read > Inbox.BodyBytesMax)
                {
                    return (null, StatusCodes.Status413PayloadTooLarge);
                }
                body.Write(part, 0, read);
            }
        }
        catch (BadHttpRequestException malformed)
        {
            return (null, malformed.StatusCode);
        }
        return (body.ToArray(), StatusCodes.Status200OK);
    }

    private static Task AnswerAsync(HttpContext context, NoticeAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.HttpStatus;
        if (answer.Body.Length == 0)
        {
            return Task.CompletedTask;
        }
        var bytes = Encoding.UTF8.GetBytes(answer.Body);
        response.ContentType = answer.ContentType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
