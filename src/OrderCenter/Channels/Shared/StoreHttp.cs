using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrderCenter.Encodings;
using OrderCenter.Payments.Health;

namespace OrderCenter.Channels.Shared;

/// <summary>Calls to stores and payment platforms: bounded in time and in the size of the answer, no redirects, no cookies. Their addresses
/// are an operator's settings, so the guard of a game's callback addresses does not apply.</summary>
public sealed partial class StoreHttp : IDisposable
{
    /// <summary>The largest answer that is read unless a call says otherwise.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    /// <summary>How long a call may take, from connecting to the answer's last byte.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectTimeMax = TimeSpan.FromSeconds(3);
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public StoreHttp(TimeProvider clock)
    {
        _clock = clock;
        Reachability = new StoreReachability(clock);
        var connections = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectTimeout = ConnectTimeMax,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
        };
        _client = new HttpClient(connections, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Which stores cannot be reached.</summary>
    public StoreReachability Reachability { get; }

    /// <summary>Sends a request, which is used up by it.</summary>
    internal async Task<StoreResponse> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken, int answerBytesMax = AnswerBytesMax)
    {
        var host = request.RequestUri?.Authority ?? "";
        var response = await ExchangeAsync(request, answerBytesMax, cancellationToken);
        Reachability.Note(host, response switch
        {
            StoreResponse.Failed failed => failed.Reason,
            StoreResponse.Answered { HttpStatus: >= 500 and var status } => $"it answered {status}",
            _ => null,
        });
        return response;
    }

    public void Dispose() => _client.Dispose();

    private async Task<StoreResponse> ExchangeAsync(HttpRequestMessage request, int answerBytesMax, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeMax, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Identity);
            try
            {
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                return await ReadAsync(response.Content, answerBytesMax, either.Token) is { } body
                    ? new StoreResponse.Answered((int)response.StatusCode, body, response.Headers)
                    : new StoreResponse.Failed($"its answer is larger than {answerBytesMax} bytes");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StoreResponse.Failed($"it did not answer within {TimeMax.TotalSeconds:0} s");
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException)
            {
                return new StoreResponse.Failed($"it could not be reached: {FaultDescription.Of(fault)}");
            }
        }
    }

    /// <returns>Null: there is more than may be read.</returns>
    private static async Task<byte[]?> ReadAsync(HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > bytesMax)
        {
            return null;
        }
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > bytesMax)
            {
                return null;
            }
            body.Write(buffer, 0, read);
        }
        var decoded = ContentCoding.Decode(body.ToArray(), content.Headers.ContentEncoding, bytesMax + 1);
        return decoded.Length <= bytesMax ? decoded.ToArray() : null;
    }
}
