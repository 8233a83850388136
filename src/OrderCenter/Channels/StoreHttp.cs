using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace OrderCenter.Channels;

/// <summary>What came of a call to a store.</summary>
internal abstract record StoreAnswer
{
    private StoreAnswer()
    {
    }

    /// <summary>The store answered, whatever it said.</summary>
    public sealed record Answered(int HttpStatus, byte[] Body, HttpResponseHeaders Headers) : StoreAnswer
    {
        public bool IsSuccess => HttpStatus is >= 200 and < 300;

        /// <summary>A header's one value; empty: it is missing.</summary>
        public string Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
    }

    /// <summary>No usable answer: the connection, the time or the size.</summary>
    public sealed record Failed(string Reason) : StoreAnswer;
}

/// <summary>Calls to stores and payment platforms: bounded in time and in the size of the answer, no redirects, no cookies. Their addresses are an operator's settings, so they
/// are not judged as a game's callback addresses are.</summary>
public sealed class StoreHttp : IDisposable
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
        var connections = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeMax,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
        };
        _client = new HttpClient(connections, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request, which is used up by it.</summary>
    internal async Task<StoreAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, int answerBytesMax = AnswerBytesMax)
    {
        using var timeout = new CancellationTokenSource(TimeMax, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using (request)
        {
            try
            {
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                return await ReadAsync(response.Content, answerBytesMax, either.Token) is { } body
                    ? new StoreAnswer.Answered((int)response.StatusCode, body, response.Headers)
                    : new StoreAnswer.Failed($"its answer is larger than {answerBytesMax} bytes");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StoreAnswer.Failed($"it did not answer within {TimeMax.TotalSeconds:0} s");
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException)
            {
                return new StoreAnswer.Failed($"it could not be reached: {fault.Message}");
            }
        }
    }

    public void Dispose() => _client.Dispose();

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
        return body.ToArray();
    }
}
