using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderCenter.Simulator.Stores;

/// <summary>How a store's server fails.</summary>
public enum StoreFault
{
    None,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>429.</summary>
    TooManyRequests,

    /// <summary>401, whatever the credentials.</summary>
    Unauthorized,

    /// <summary>403, whatever the credentials.</summary>
    Forbidden,

    /// <summary>404 without the store's own error.</summary>
    NotFound,

    /// <summary>Takes the request and never answers.</summary>
    Hang,

    /// <summary>200 and 10 MB of it.</summary>
    Huge,

    /// <summary>200 and no JSON.</summary>
    Garbage,

    /// <summary>200 and JSON that is 100 deep.</summary>
    Deep,

    /// <summary>200 and an empty object.</summary>
    EmptyObject,

    /// <summary>302 to somewhere else.</summary>
    Redirect,

    /// <summary>Does what was asked, and answers 500.</summary>
    LostAnswer,
}

/// <summary>A store's server behind a real socket: it names each request's operation, fails where it is told to, and counts.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private const int BodyBytesMax = 1 << 20;
    private const int HugePartBytes = 64 << 10;
    private const int HugeParts = 160;
    private const int Depth = 100;
    private readonly WebApplication _app;
    private readonly Func<StoreRequest, StoreReply> _serve;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<StoreFault>> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private StoreHost(WebApplication app, Func<StoreRequest, StoreReply> serve)
    {
        _app = app;
        _serve = serve;
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Whether every request is answered 503.</summary>
    public bool IsDown { get; set; }

    public static async Task<StoreHost> StartAsync(Func<StoreRequest, StoreReply> serve)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var host = new StoreHost(app, serve);
        app.Run(host.AnswerAsync);
        await app.StartAsync();
        host.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return host;
    }

    /// <summary>The next requests of that operation fail so.</summary>
    public void Fail(string operation, StoreFault fault, int times)
    {
        var queue = _faults.GetOrAdd(operation, static _ => new ConcurrentQueue<StoreFault>());
        for (var i = 0; i < times; i++)
        {
            queue.Enqueue(fault);
        }
    }

    /// <summary>How many requests of that operation came, failed ones too.</summary>
    public int Count(string operation) => _counts.GetValueOrDefault(operation);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var request = new StoreRequest(
            context.Request.Method, context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0],
            context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            context.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync(context.RequestAborted));
        var operation = request.Operation;
        _counts.AddOrUpdate(operation, 1, static (_, count) => count + 1);
        if (IsDown)
        {
            context.Response.StatusCode = 503;
            return;
        }
        var fault = _faults.TryGetValue(operation, out var queue) && queue.TryDequeue(out var next) ? next : StoreFault.None;
        switch (fault)
        {
            case StoreFault.None:
                await WriteAsync(context, _serve(request));
                return;
            case StoreFault.LostAnswer:
                _serve(request);
                context.Response.StatusCode = 500;
                return;
            case StoreFault.Hang:
                try
                {
                    using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone.Token);
                }
                catch (OperationCanceledException)
                {
                    context.Abort();
                }
                return;
            case StoreFault.Huge:
                var part = Encoding.ASCII.GetBytes(new string(' ', HugePartBytes));
                for (var i = 0; i < HugeParts && !context.RequestAborted.IsCancellationRequested; i++)
                {
                    await context.Response.Body.WriteAsync(part, context.RequestAborted);
                }
                return;
            case StoreFault.Garbage:
                await WriteAsync(context, new StoreReply(200, "<html>\u0000not json"));
                return;
            case StoreFault.Deep:
                await WriteAsync(context, new StoreReply(200, new string('[', Depth) + new string(']', Depth)));
                return;
            case StoreFault.EmptyObject:
                await WriteAsync(context, new StoreReply(200, "{}"));
                return;
            case StoreFault.Redirect:
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/elsewhere";
                return;
            default:
                context.Response.StatusCode = fault switch
                {
                    StoreFault.TooManyRequests => 429,
                    StoreFault.Unauthorized => 401,
                    StoreFault.Forbidden => 403,
                    StoreFault.NotFound => 404,
                    _ => 500,
                };
                return;
        }
    }

    private static async Task WriteAsync(HttpContext context, StoreReply reply)
    {
        context.Response.StatusCode = reply.Status;
        if (reply.Body.Length > 0)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(reply.Body, context.RequestAborted);
        }
    }
}

/// <summary>What came in.</summary>
internal sealed record StoreRequest(string Method, string RawPath, IReadOnlyDictionary<string, string> Query, string Authorization, string Body)
{
    /// <summary>The path's segments, decoded one by one.</summary>
    public string[] Segments { get; } = [.. RawPath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];

    /// <summary>What is asked, as <see cref="GooglePlayServer.Fail"/> and <see cref="AppStoreServer.Fail"/> name it.</summary>
    public string Operation => Segments switch
    {
        ["token"] => "token",
        ["certs"] => "certs",
        [.., "products", _, "tokens", var token] when token.EndsWith(":consume", StringComparison.Ordinal) => "consume",
        [.., "products", _, "tokens", var token] when token.EndsWith(":acknowledge", StringComparison.Ordinal) => "acknowledge",
        [.., "products", _, "tokens", _] => "get",
        [.., "productsv2", "tokens", _] => "get",
        [.., "voidedpurchases"] => "voided",
        [.., "orders", var order] when order.EndsWith(":refund", StringComparison.Ordinal) => "refund",
        [.., "orders", var order] when order.EndsWith(":reviewrefund", StringComparison.Ordinal) => "reviewrefund",
        [.., "transactions", "consumption", _] => "consumption",
        [.., "transactions", _, "finish"] => "finish",
        [.., "transactions", _, "appAccountToken"] => "appAccountToken",
        ["sandbox", .., "transactions", _] => "sandbox transaction",
        [.., "transactions", _] => "transaction",
        [.., "notifications", "history"] => "history",
        [.., "refund", "lookup", _] => "refunds",
        ["sandbox", "verifyReceipt"] => "sandbox verifyReceipt",
        ["verifyReceipt"] => "verifyReceipt",
        _ => "unknown",
    };
}

internal sealed record StoreReply(int Status, string Body = "");
