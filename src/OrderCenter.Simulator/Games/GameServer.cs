using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrderCenter.Simulator.Games;

/// <summary>How a game server is set up.</summary>
public sealed record GameServerOptions
{
    /// <summary>The app's secrets. A callback is right where any of them signed it, as while a secret is rotated.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Draws where faults come by chance.</summary>
    public required Random Random { get; init; }

    /// <summary>Callbacks kept in the log.</summary>
    public int ArrivalsMax { get; init; } = 4096;

    /// <summary>Whether a callback without right Standard Webhooks headers is refused. OrderCheck has no other signature.</summary>
    public bool RequiresWebhookHeaders { get; init; } = true;

    /// <summary>CardRecharge: whether <c>card</c> is signed as a text that holds JSON.</summary>
    public bool IsCardText { get; init; }

    /// <summary>The port on 127.0.0.1; 0: a free one.</summary>
    public int Port { get; init; }
}

/// <summary>A game's server, behind a real socket: it takes the callbacks of all four protocols, verifies them by its own reading of the documents, grants an
/// order's goods once, and fails on demand.</summary>
public sealed class GameServer : IAsyncDisposable
{
    private const int BodyBytesMax = 1 << 20;
    private const int HugePartBytes = 16 << 10;

    /// <summary>How far <c>webhook-timestamp</c> may be from now.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static readonly byte[] HugePart = [.. Enumerable.Repeat((byte)'x', HugePartBytes)];
    private static readonly byte[] Garbage = [0x00, 0xff, 0xc1, 0x7b, 0x22, 0xfe, 0x0a, 0x80];
    private static readonly byte[] FastJson = """{"code":"000","data":"","message":"success"}"""u8.ToArray();
    private static readonly byte[] FastText = "success"u8.ToArray();
    private static readonly byte[] FastMsgPack = MsgPackMap.Write([new("msg", "successful"), new("timestamp", 0L), new("code", 0L), new("data", "")]);

    private readonly GameServerOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    private GameServer(GameServerOptions options)
    {
        _options = options;
        Secrets = options.Secrets;
        Faults = new FaultPlan(options.Random);
        Ledger = new GameLedger(options.ArrivalsMax);
    }

    /// <summary>The scheme, host and port.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where OrderApi's and native orders' callbacks go (Standard Webhooks).</summary>
    public Uri OrderApi => new(Address, "/orderapi");

    public Uri H5Sdk => new(Address, "/h5sdk");

    public Uri OrderCheck => new(Address, "/ordercheck");

    public Uri CardRecharge => new(Address, "/cardrecharge");

    /// <summary>Only counts and acknowledges, without reading: for benchmarks. <c>/fast</c> answers as H5Sdk wants (and as any 2xx),
    /// <c>/fast/ordercheck</c> and <c>/fast/cardrecharge</c> as those do.</summary>
    public Uri Fast => new(Address, "/fast");

    /// <summary>The secrets that verify, to be changed while it runs.</summary>
    public IReadOnlyList<string> Secrets { get; set; }

    public FaultPlan Faults { get; }

    public GameLedger Ledger { get; }

    /// <summary>Starts listening.</summary>
    public static async Task<GameServer> StartAsync(GameServerOptions options, CancellationToken cancellationToken)
    {
        var server = new GameServer(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        server._app = builder.Build();
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync(cancellationToken);
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    /// <summary>Stops at once: callbacks that wait in a fault are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }
        _stopping.Dispose();
    }

    private Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/orderapi" or "/h5sdk" or "/ordercheck" or "/cardrecharge":
                return CallbackAsync(context);
            case "/fast" or "/fast/h5sdk" or "/fast/orderapi":
                return FastAsync(context, "application/json", FastJson);
            case "/fast/ordercheck":
                return FastAsync(context, "application/msgpack", FastMsgPack);
            case "/fast/cardrecharge":
                return FastAsync(context, "text/plain", FastText);
            case "/elsewhere":
                Ledger.CountRedirect();
                return Task.CompletedTask;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }

    private Task FastAsync(HttpContext context, string contentType, byte[] answer)
    {
        Ledger.CountFast();
        context.Response.ContentType = contentType;
        context.Response.ContentLength = answer.Length;
        return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    private async Task CallbackAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.ToArray();
        var now = _options.Clock.GetUtcNow();
        var callback = Read(context.Request, path, bytes, now);
        var fault = callback.Refusal is null ? Faults.Next(callback.Order, callback.MerchantOrder) : null;
        var webhookId = context.Request.Headers["webhook-id"].ToString();
        var headers = context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal);
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        var turn = Ledger.Enter(new Arrival(webhookId, 1, now, path, callback.Order, headers, bytes, callback.Refusal, fault?.Kind), () => IsOpen(socket));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await AnswerAsync(context, path, callback, fault, turn, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller hung up, or the server stops.
            context.Abort();
        }
        finally
        {
            turn.End();
        }
    }

    /// <summary>Whether the other end has not hung up, as the system knows it: Kestrel hears of it a little later, when the caller may have called again.
    /// </summary>
    private static bool IsOpen(Socket? socket)
    {
        try
        {
            return socket is null || !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) || socket.Available > 0;
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }

    private CallbackReading Read(HttpRequest request, string path, byte[] body, DateTimeOffset now)
    {
        try
        {
            var callback = path switch
            {
                "/orderapi" => CallbackReader.OrderApi(body),
                "/h5sdk" => CallbackReader.H5Sdk(body, request.ContentType ?? "", Secrets),
                "/ordercheck" => CallbackReader.OrderCheck(body),
                _ => CallbackReader.CardRecharge(body, Secrets, _options.IsCardText),
            };
            return callback.Refusal is null && _options.RequiresWebhookHeaders && !IsSigned(request.Headers, body, now)
                ? callback with { Refusal = CallbackReading.WrongSignature }
                : callback;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or OverflowException)
        {
            return CallbackReading.Refused(fault.Message);
        }
    }

    private bool IsSigned(IHeaderDictionary headers, byte[] body, DateTimeOffset now)
    {
        var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        if (id.Length == 0 || !long.TryParse(timestamp, out var seconds) || Math.Abs(seconds - now.ToUnixTimeSeconds()) > Tolerance.TotalSeconds)
        {
            return false;
        }
        var received = headers["webhook-signature"].ToString().Split(' ');
        return Secrets.Select(secret => GameSigning.Webhook(id, timestamp, body, secret)).Any(expected => received.Contains(expected, StringComparer.Ordinal));
    }

    private async Task AnswerAsync(
        HttpContext context, string path, CallbackReading callback, Fault? fault, GameLedger.Turn turn, CancellationToken cancellationToken)
    {
        switch (fault?.Kind)
        {
            case FaultKind.HttpStatus:
                context.Response.StatusCode = fault.Status;
                if (fault.RetryAfter is not null)
                {
                    context.Response.Headers.RetryAfter = fault.RetryAfter;
                }
                turn.End();
                return;
            case FaultKind.Redirect:
                turn.End();
                context.Response.Redirect(new Uri(Address, "/elsewhere").AbsoluteUri);
                return;
            case FaultKind.Reset:
                turn.End();
                Reset(context);
                return;
            case FaultKind.Hang:
                await Task.Delay(fault.Time, _options.Clock, cancellationToken);
                break;
            default:
                break;
        }
        if (callback.Refusal is not null || fault?.Kind == FaultKind.WrongCode)
        {
            await SendAsync(context, Refusal(context, path, callback.Refusal ?? "the bag is full"), turn, cancellationToken);
            return;
        }
        var isFirst = Ledger.Handle(callback);
        switch (fault?.Kind)
        {
            case FaultKind.AnswerLost:
                turn.End();
                Reset(context);
                return;
            case FaultKind.HugeBody:
                await HugeAsync(context, fault.Bytes, turn, cancellationToken);
                return;
            case FaultKind.GarbageBody:
                await SendAsync(context, Garbage, turn, cancellationToken);
                return;
            case FaultKind.Slow:
                await SlowAsync(context, Acceptance(context, path, isFirst), fault.Time, turn, cancellationToken);
                return;
            default:
                await SendAsync(context, Acceptance(context, path, isFirst), turn, cancellationToken);
                return;
        }
    }

    private byte[] Acceptance(HttpContext context, string path, bool isFirst)
    {
        switch (path)
        {
            case "/orderapi":
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return [];
            case "/h5sdk":
                context.Response.ContentType = "application/json; charset=utf-8";
                return FastJson;
            case "/ordercheck":
                context.Response.ContentType = "application/msgpack";
                var (message, code) = isFirst ? ("successful", 0L) : ("repeated", 2L);
                return MsgPackMap.Write([new("msg", message), new("timestamp", Seconds()), new("code", code), new("data", "")]);
            default:
                context.Response.ContentType = "text/plain; charset=utf-8";
                return Encoding.UTF8.GetBytes(isFirst ? "success" : "ok");
        }
    }

    private byte[] Refusal(HttpContext context, string path, string why)
    {
        switch (path)
        {
            case "/orderapi":
                context.Response.StatusCode = why == CallbackReading.WrongSignature ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest;
                return [];
            case "/h5sdk":
                context.Response.ContentType = "application/json; charset=utf-8";
                return Encoding.UTF8.GetBytes($$"""{"code":"999","data":"","message":"{{JsonEncodedText.Encode(why)}}"}""");
            case "/ordercheck":
                context.Response.ContentType = "application/msgpack";
                return MsgPackMap.Write([new("msg", "failed"), new("timestamp", Seconds()), new("code", 1L), new("data", why)]);
            default:
                context.Response.ContentType = "text/plain; charset=utf-8";
                return "fail"u8.ToArray();
        }
    }

    private long Seconds() => _options.Clock.GetUtcNow().ToUnixTimeSeconds();

    private static async Task SendAsync(HttpContext context, byte[] answer, GameLedger.Turn turn, CancellationToken cancellationToken)
    {
        turn.End();
        if (answer.Length > 0)
        {
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, cancellationToken);
        }
    }

    private async Task SlowAsync(HttpContext context, byte[] answer, TimeSpan time, GameLedger.Turn turn, CancellationToken cancellationToken)
    {
        if (answer.Length == 0)
        {
            await Task.Delay(time, _options.Clock, cancellationToken);
            turn.End();
            return;
        }
        context.Response.ContentLength = answer.Length;
        for (var at = 0; at < answer.Length; at++)
        {
            await Task.Delay(time / answer.Length, _options.Clock, cancellationToken);
            if (at == answer.Length - 1)
            {
                turn.End();
            }
            await context.Response.Body.WriteAsync(answer.AsMemory(at, 1), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    /// <summary>A caller that has read enough hangs up, which ends it; where its attempt ends then cannot be seen from here, so it ends before the first
    /// byte.</summary>
    private static async Task HugeAsync(HttpContext context, int bytes, GameLedger.Turn turn, CancellationToken cancellationToken)
    {
        turn.End();
        for (var left = bytes; left > 0; left -= HugePart.Length)
        {
            await context.Response.Body.WriteAsync(HugePart.AsMemory(0, Math.Min(left, HugePart.Length)), cancellationToken);
        }
    }

    /// <summary>With a linger time of zero the socket's end is a reset (RST), not a farewell (FIN).</summary>
    private static void Reset(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        context.Abort();
    }

    /// <summary>The server lives in other programs, whose signals are not its business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
