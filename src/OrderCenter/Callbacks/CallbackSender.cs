using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Model;

namespace OrderCenter.Callbacks;

/// <summary>What the network gave back for one call.</summary>
/// <param name="HttpStatus">Null: no answer came.</param>
/// <param name="Body">The answer, cut at 64 KiB.</param>
/// <param name="RetryAfterMs">The answer's Retry-After in milliseconds; null: none.</param>
/// <param name="Error">Why no answer came; null when one did.</param>
public sealed record SendResult(int? HttpStatus, ReadOnlyMemory<byte> Body, long? RetryAfterMs, string? Error);

/// <summary>Makes one call. The engine is tested with another one.</summary>
public interface ICallbackSender
{
    /// <summary>Posts a body. Never throws for what the network does.</summary>
    Task<SendResult> SendAsync(App app, Callback callback, CallbackBody body, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken);
}

/// <summary>The installation's word on where callbacks may go (contract.md, "Callbacks__AllowPrivateNetworks") and through which proxy; null: directly.</summary>
public sealed record SenderOptions(bool AllowPrivateNetworks, Uri? Proxy);

/// <summary>Callbacks over HTTP: no redirects, no cookies, TLS verified, the answer bounded, the address judged when it is connected to.</summary>
public sealed class CallbackSender(SenderOptions options, TimeProvider clock) : ICallbackSender, IDisposable
{
    private const int AnswerBytesMax = 64 * 1024;
    private const int PoolsMax = 1024;
    private const int AddressesMax = 1024;
    private const long RetryAfterMaxMs = 24 * 3600 * 1000;
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);
    private static readonly IPNetwork[] Everywhere = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];

    /// <summary>One pool for each set of allowed networks: a connection that one app was allowed to open must not serve another.</summary>
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _pools = new(StringComparer.Ordinal);

    /// <summary>The same pools by the lists of the apps that are in memory, so that a call does not spell its networks out.</summary>
    private readonly ConditionalWeakTable<IReadOnlyList<IPNetwork>, HttpMessageInvoker> _poolsByList = [];

    private readonly HostNames _names = new(clock, Dns.GetHostAddresses);

    /// <summary>Addresses that were read lately: most callbacks of an app go to the same one.</summary>
    private readonly ConcurrentDictionary<string, Uri> _addresses = new(StringComparer.Ordinal);

    public async Task<SendResult> SendAsync(App app, Callback callback, CallbackBody body, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(app.Callback.TimeoutSeconds), clock);
        using var cutOff = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(callback.Url)) { Content = new ByteArrayContent(body.Bytes) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
            StandardWebhook.AddHeaders(request.Headers, callback.Id, clock.GetUtcNow().ToUnixTimeSeconds(), body.Bytes, secrets);
            using var response = await PoolFor(app).SendAsync(request, timeout.Token);
            var answer = await ReadAsync(response, timeout.Token, cancellationToken);
            return new SendResult((int)response.StatusCode, answer, response.IsSuccessStatusCode ? null : RetryAfter(response.Headers.RetryAfter), Error: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(null, default, null, $"no answer within {app.Callback.TimeoutSeconds} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            return new SendResult(null, default, null, Words(fault));
        }
    }

    public void Dispose()
    {
        _names.Dispose();
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }

    /// <summary>The cause in one line: what the operator of the endpoint can do something about.</summary>
    private static string Words(Exception fault)
    {
        var text = fault.InnerException is { } inner && inner is not TimeoutException ? $"{fault.Message} {inner.Message}" : fault.Message;
        return text.Length <= Acknowledgement.DetailMax ? text : text[..Acknowledgement.DetailMax];
    }

    /// <summary>The answer's first bytes. One that breaks off or takes too long ends where it does: its status was said, and is judged with what there is.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken timeout, CancellationToken stopping)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return default;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerBytesMax);
        var length = 0;
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(timeout);
            int read;
            while (length < AnswerBytesMax && (read = await stream.ReadAsync(buffer.AsMemory(length, AnswerBytesMax - length), timeout)) > 0)
            {
                length += read;
            }
            return buffer.AsMemory(0, length).ToArray();
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or SocketException || (cut is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return buffer.AsMemory(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private long? RetryAfter(RetryConditionHeaderValue? value)
    {
        var wait = value?.Delta ?? (value?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } time ? Math.Clamp((long)time.TotalMilliseconds, 0, RetryAfterMaxMs) : null;
    }

    private Uri AddressOf(string url)
    {
        if (_addresses.TryGetValue(url, out var known))
        {
            return known;
        }
        if (_addresses.Count >= AddressesMax)
        {
            _addresses.Clear();
        }
        return _addresses.GetOrAdd(url, static text => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : throw new InvalidOperationException($"{text} is not an absolute address"));
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
            throw new InvalidOperationException($"more than {PoolsMax} different callback.allowedNetworks were used since the start; a restart forgets those that are not any more");
        }
        return _pools.GetOrAdd(key, _ => NewPool(networks));
    }

    /// <summary>Without HttpClient around it, whose own time-out, base address and default headers are of no use here: the attempt's time-out ends a call.</summary>
    private HttpMessageInvoker NewPool(IReadOnlyList<IPNetwork> networks) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MeterFactory = new UnheardMeters(),
        PooledConnectionLifetime = ConnectionLife,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy is null ? null : new WebProxy(options.Proxy),

        // Through a proxy it is the proxy that connects, and the proxy that must judge.
        ConnectCallback = options.Proxy is null ? (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, networks, cancellationToken) : null,
    });

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, IReadOnlyList<IPNetwork> networks, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _names.FindAsync(target.Host, cancellationToken);
        var allowed = addresses.Where(address => AddressGuard.IsAllowed(address, networks)).ToArray();
        if (allowed.Length == 0)
        {
            var seen = string.Join(", ", addresses.Select(address => address.ToString()));
            throw new HttpRequestException(string.Create(
                CultureInfo.InvariantCulture, $"{target.Host} resolves to {(seen.Length == 0 ? "nothing" : seen)}: loopback, private and special addresses are not called"));
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Callbacks are counted and timed by <see cref="CallbackMetrics"/>, by what came of them; HttpClient's own instruments would say the same again at a
/// sixth of an attempt's cost. They go to a meter that nobody listens to.</summary>
internal sealed class UnheardMeters : IMeterFactory
{
    private readonly Meter _meter = new("OrderCenter.Callbacks.Http");

    public Meter Create(MeterOptions options) => _meter;

    public void Dispose() => _meter.Dispose();
}

/// <summary>The Standard Webhooks headers that stand beside every protocol's own body: an id that stays over retries, a time, and a signature for each
/// secret that is valid (standardwebhooks.com; key = the secret's UTF-8 bytes).</summary>
internal static class StandardWebhook
{
    private const int HmacsMax = 64;

    [ThreadStatic]
    private static Dictionary<Secret, IncrementalHash>? s_hmacs;

    public static void AddHeaders(HttpRequestHeaders headers, CallbackId id, long unixSeconds, byte[] body, IReadOnlyList<Secret> secrets)
    {
        var idText = id.ToString();
        headers.TryAddWithoutValidation("webhook-id", idText);
        headers.TryAddWithoutValidation("webhook-timestamp", unixSeconds.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation(
            "webhook-signature",
            secrets is [var only] ? Sign(idText, unixSeconds, body, only) : string.Join(' ', secrets.Select(secret => Sign(idText, unixSeconds, body, secret))));
    }

    public static string Sign(string id, long unixSeconds, ReadOnlySpan<byte> body, Secret secret)
    {
        var hmac = HmacOf(secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")));
        hmac.AppendData(body);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(digest);
        return "v1," + Convert.ToBase64String(digest);
    }

    /// <summary>Keyed once a thread and secret: to begin anew costs as much as a callback's body does (measured: 1.4 instead of 3 microseconds).</summary>
    private static IncrementalHash HmacOf(Secret secret)
    {
        var known = s_hmacs ??= new Dictionary<Secret, IncrementalHash>(HmacsMax);
        if (!known.TryGetValue(secret, out var hmac))
        {
            if (known.Count == HmacsMax)
            {
                foreach (var old in known.Values)
                {
                    old.Dispose();
                }
                known.Clear();
            }
            hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Reveal()));
            known.Add(secret, hmac);
        }
        return hmac;
    }
}
