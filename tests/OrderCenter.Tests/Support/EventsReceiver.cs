using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Client;

namespace OrderCenter.Tests.Support;

/// <summary>A message that came to an <c>eventsUrl</c>.</summary>
internal sealed record ReceivedEvent(string Id, string Body, bool IsSigned)
{
    public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");

    public string OrderId => Data.GetProperty("orderId").GetString()!;
}

/// <summary>Takes what apps tell at their <c>eventsUrl</c>.</summary>
internal sealed class EventsReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EventsReceiver(WebApplication app) => _app = app;

    /// <summary>What the next messages are answered; then 204 again.</summary>
    public ConcurrentQueue<int> Answers { get; } = new();

    public ConcurrentQueue<ReceivedEvent> Received { get; } = new();

    public Uri Url { get; private set; } = null!;

    public static async Task<EventsReceiver> StartAsync(string secret, TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new EventsReceiver(builder.Build());
        receiver._app.Run(context => receiver.TakeAsync(context, secret, clock));
        await receiver._app.StartAsync();
        receiver.Url = new Uri(receiver._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/events");
        return receiver;
    }

    public IEnumerable<ReceivedEvent> Of(string orderId) => Received.Where(received => received.OrderId == orderId);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context, string secret, TimeProvider clock)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string Header(string name) => context.Request.Headers[name].ToString();
        var verdict = StandardWebhook.Verify(
            Header(StandardWebhook.IdHeader), Header(StandardWebhook.TimestampHeader), Header(StandardWebhook.SignatureHeader), body.ToArray(), [secret], clock.GetUtcNow());
        Received.Enqueue(new ReceivedEvent(Header(StandardWebhook.IdHeader), Encoding.UTF8.GetString(body.ToArray()), verdict == WebhookVerdict.Right));
        context.Response.StatusCode = Answers.TryDequeue(out var status) ? status : 204;
    }
}
