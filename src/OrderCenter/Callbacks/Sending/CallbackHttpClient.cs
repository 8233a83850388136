using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Persistence;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Sends callbacks over HTTP: no redirects, no cookies, TLS verified, a bounded response, and the address
/// checked when the connection is opened.</summary>
public sealed class CallbackHttpClient(SenderOptions options, TimeProvider clock) : ICallbackHttpClient, IDisposable
{
    internal const int ResponseBytesMax = 64 * 1024;
    private const int PoolsMax = 1024;
    private const int UrlsMax = 1024;
    private const long RetryAfterMaxMs = 24 * 3600 * 1000;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>Longer than any app's time-out.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(75);

    /// <summary>The app that a connection is opened for.</summary>
    private static readonly HttpRequestOptionsKey<long> s_gameId = new("gameId");
    private static readonly IPNetwork[] Everywhere = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];

    /// <summary>One pool for each set of allowed networks: an app must not use a connection that only another one may
    /// open.</summary>
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _pools = new(StringComparer.Ordinal);

    /// <summary>The same pools by the list objects of the apps in memory, so that a call does not format its
    /// networks.</summary>
    private readonly ConditionalWeakTable<IReadOnlyList<IPNetwork>, HttpMessageInvoker> _poolsByList = [];

    private readonly DnsCache _dns = new(clock, Dns.GetHostAddresses);

    /// <summary>Most callbacks of an app go to the same URL.</summary>
    private readonly ConcurrentDictionary<string, Uri> _urls = new(StringComparer.Ordinal);

    public async Task<SendResult> SendAsync(
        App app, Callback callback, CallbackBody body, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(app.Callback.TimeoutSeconds), clock);
        using var cutOff = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        try
        {
            using var request = CallbackHttpRequest.Of(
                UrlOf(callback.Url), callback.Id, body, clock.GetUtcNow().ToUnixTimeSeconds(), secrets);
            request.Options.Set(s_gameId, app.GameId);
            if (options.SendsTraceContext && Tracing.Traceparent is { } traceparent)
            {
                request.Headers.TryAddWithoutValidation("traceparent", traceparent);
            }
            using var response = await PoolFor(app).SendAsync(request, timeout.Token);
            var bytes = await ReadAsync(response, timeout.Token, cancellationToken);
            var responseBody = ContentCoding.Decode(bytes, response.Content.Headers.ContentEncoding, ResponseBytesMax);
            var retryAfterMs = response.IsSuccessStatusCode ? null : RetryAfterMs(response.Headers.RetryAfter);
            return new SendResult((int)response.StatusCode, responseBody, retryAfterMs, Error: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(null, default, null, $"no answer within {app.Callback.TimeoutSeconds} s");
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            return new SendResult(null, default, null, Describe(fault));
        }
    }

    /// <summary>Sends a request of any content as the callbacks of an app are sent: to the addresses that are allowed, without
    /// redirects.</summary>
    /// <exception cref="HttpRequestException">There was no response, or the address is not allowed.</exception>
    public Task<HttpResponseMessage> SendAsync(App app, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.Set(s_gameId, app.GameId);
        return PoolFor(app).SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        _dns.Dispose();
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }

    /// <summary>Posts what is no callback (alerts), by the same way: only to addresses that are allowed, without redirects, with a bounded
    /// answer. Never throws for a fault of the network.</summary>
    /// <param name="url">An absolute http or https address.</param>
    /// <param name="networks">What is allowed beside the public internet.</param>
    /// <param name="content">What is sent; it is used up.</param>
    /// <param name="timeMax">From the connection to the answer's last byte.</param>
    /// <param name="cancellationToken">Cuts it off.</param>
    internal async Task<SendResult> PostAsync(
        string url, IReadOnlyList<IPNetwork> networks, HttpContent content, TimeSpan timeMax, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(timeMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, ExactUri.Parse(url)) { Content = content };
            request.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Identity);
            using var response = await PoolFor(options.AllowPrivateNetworks ? Everywhere : networks).SendAsync(request, either.Token);
            return new SendResult((int)response.StatusCode, await ReadAsync(response, either.Token, cancellationToken), null, Error: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(null, default, null, $"no answer within {timeMax.TotalSeconds:0} s");
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            return new SendResult(null, default, null, Describe(fault));
        }
    }

    /// <summary>Opens a connection for another protocol than HTTP (mail), only to addresses that are allowed.</summary>
    /// <exception cref="HttpRequestException">No address of the host is allowed.</exception>
    /// <exception cref="SocketException">There is no such host, or it takes no connection.</exception>
    internal ValueTask<Socket> OpenAsync(
        string host, int port, IReadOnlyList<IPNetwork> networks, CancellationToken cancellationToken) =>
        ConnectAsync(0, host, port, options.AllowPrivateNetworks ? Everywhere : networks, cancellationToken);

    private static string Describe(Exception fault)
    {
        var text = FaultDescription.Of(fault);
        return text.Length <= Acknowledgement.DetailMax ? text : text[..Acknowledgement.DetailMax];
    }

    /// <summary>The first bytes of the body. One that breaks off or times out ends there: its status is known, and what has come is
    /// read.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, CancellationToken timeout, CancellationToken stopping)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return default;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(ResponseBytesMax);
        var length = 0;
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(timeout);
            int read;
            while (length < ResponseBytesMax
                && (read = await stream.ReadAsync(buffer.AsMemory(length, ResponseBytesMax - length), timeout)) > 0)
            {
                length += read;
            }
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or SocketException
            || (cut is OperationCanceledException && !stopping.IsCancellationRequested))
        {
        }
        var bytes = buffer.AsMemory(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    private long? RetryAfterMs(RetryConditionHeaderValue? value)
    {
        var wait = value?.Delta ?? (value?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } time ? Math.Clamp((long)time.TotalMilliseconds, 0, RetryAfterMaxMs) : null;
    }

    private Uri UrlOf(string url)
    {
        if (_urls.TryGetValue(url, out var known))
        {
            return known;
        }
        if (_urls.Count >= UrlsMax)
        {
            _urls.Clear();
        }
        return _urls.GetOrAdd(url, static text => ExactUri.Parse(text));
    }

    private HttpMessageInvoker PoolFor(App app)
    {
        var networks = options.AllowPrivateNetworks ? Everywhere : app.Callback.AllowedNetworks;
        return _poolsByList.TryGetValue(networks, out var known) ? known : _poolsByList.GetValue(networks, PoolFor);
    }

    private HttpMessageInvoker PoolFor(IReadOnlyList<IPNetwork> networks)
    {
        var key = string.Join(',', networks.Select(network => network.ToString()));
        if (_pools.TryGetValue(key, out var known))
        {
            return known;
        }
        if (_pools.Count >= PoolsMax)
        {
            throw new InvalidOperationException(
                $"more than {PoolsMax} different callback.allowedNetworks were used since the start; " +
                "networks that are no longer configured are dropped at a restart");
        }
        return _pools.GetOrAdd(key, _ => NewPool(networks));
    }

    private HttpMessageInvoker NewPool(IReadOnlyList<IPNetwork> networks) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MeterFactory = new DisabledMeterFactory(),
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = ConnectTimeout,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy is null ? null : new WebProxy(options.Proxy),

        // With a proxy, the proxy resolves and connects: it must enforce the address policy.
        ConnectCallback = options.Proxy is null ? (context, cancellationToken) => ConnectAsync(context, networks, cancellationToken) : null,
    });

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, IReadOnlyList<IPNetwork> networks, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var gameId = context.InitialRequestMessage.Options.TryGetValue(s_gameId, out var number) ? number : 0;
        return new NetworkStream(await ConnectAsync(gameId, target.Host, target.Port, networks, cancellationToken), ownsSocket: true);
    }

    // gameId: the app whose share of the name look-ups is used; 0: that of alerts.
    private async ValueTask<Socket> ConnectAsync(
        long gameId, string host, int port, IReadOnlyList<IPNetwork> networks, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _dns.ResolveAsync(gameId, host, cancellationToken);
        var allowed = addresses.Where(address => SsrfGuard.IsAllowed(address, networks)).ToArray();
        if (allowed.Length == 0)
        {
            var seen = string.Join(", ", addresses.Select(address => address.ToString()));
            seen = seen.Length == 0 ? "nothing" : seen;
            throw new HttpRequestException($"{host} resolves to {seen}: loopback, private and special addresses are not called");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
