using System.Net;
using System.Net.Http.Headers;

namespace OrderCenter.Channels;

/// <summary>A platform's answer; no status: none came, and the fault says why.</summary>
internal sealed record PlatformAnswer(int? Status, byte[] Body, HttpResponseHeaders? Headers, string Fault)
{
    /// <summary>A header's one value; empty: it is missing.</summary>
    public string Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
}

/// <summary>Calls to payment platforms: no redirects, no cookies, TLS verified, bounded in time and size. Never throws for what the network does.</summary>
internal sealed class PlatformHttp(TimeProvider clock) : IDisposable
{
    private const int AnswerBytesMax = 512 * 1024;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = ConnectionLife,
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<PlatformAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[Math.Min(response.Content.Headers.ContentLength + 1 ?? AnswerBytesMax + 1, AnswerBytesMax + 1)];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token);
            return length > AnswerBytesMax
                ? new PlatformAnswer(null, [], null, $"its answer is larger than {AnswerBytesMax} bytes")
                : new PlatformAnswer((int)response.StatusCode, buffer[..length], response.Headers, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PlatformAnswer(null, [], null, $"no answer within {TimeMax.TotalSeconds} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new PlatformAnswer(null, [], null, "it cannot be reached");
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Amounts as the platforms of China write them: yuan with two decimals, or whole fen.</summary>
internal static class Fen
{
    private const long PerYuan = 100;
    private const long E4PerFen = 100;

    /// <summary>The most that an amount may be.</summary>
    public const long Max = 9_999_999_999_999_999;

    public const string Form = "must be whole fen: at least 0.01 and at most two decimals";

    public static bool TryOf(Model.Money money, out long fen)
    {
        (fen, var rest) = Math.DivRem(money.AmountE4, E4PerFen);
        return fen > 0 && rest == 0;
    }

    public static Model.Money ToMoney(long fen) => new(fen * E4PerFen);

    /// <summary>Yuan, always with two decimals.</summary>
    public static string Text(long fen) => $"{fen / PerYuan}.{fen % PerYuan:D2}";
}
