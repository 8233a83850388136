using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.Shared;

/// <summary>Calls to stores and payment platforms: bounded in time and in the size of the answer, no redirects, no cookies. Their addresses
/// are an operator's settings, so the guard of a game's callback addresses does not apply.</summary>
public sealed class StoreHttp : IDisposable
{
    /// <summary>The largest answer that is read unless a call says otherwise.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    /// <summary>How long a call may take, from connecting to the answer's last byte.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    /// <summary>The largest file that is downloaded: the largest statement that can be uploaded.</summary>
    public const long FileBytesMax = 512L * 1024 * 1024;

    /// <summary>How long a download may take.</summary>
    public static readonly TimeSpan DownloadTimeMax = TimeSpan.FromMinutes(10);

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
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectTimeout = ConnectTimeMax,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 0,
        };
        _client = new HttpClient(connections, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request, which is used up by it.</summary>
    internal async Task<StoreResponse> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken, int answerBytesMax = AnswerBytesMax)
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

    /// <summary>Downloads a file of up to <see cref="FileBytesMax"/> to the disk. The request is used up by it.</summary>
    internal async Task<StoreDownload> DownloadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(DownloadTimeMax, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        FileStream? file = null;
        using (request)
        {
            try
            {
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                if ((int)response.StatusCode != 200)
                {
                    return await ReadAsync(response.Content, AnswerBytesMax, either.Token) is { } body
                        ? new StoreDownload.Answered((int)response.StatusCode, body)
                        : new StoreDownload.Failed($"its answer is larger than {AnswerBytesMax} bytes");
                }
                file = OpenTemporary();
                await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
                var buffer = new byte[64 * 1024];
                int read;
                while ((read = await stream.ReadAsync(buffer, either.Token)) > 0)
                {
                    if (file.Length + read > FileBytesMax)
                    {
                        return new StoreDownload.Failed($"the file is larger than {FileBytesMax} bytes");
                    }
                    await file.WriteAsync(buffer.AsMemory(0, read), either.Token);
                }
                file.Position = 0;
                var whole = new StoreDownload.Done(file);
                file = null;
                return whole;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new StoreDownload.Failed($"the file did not arrive within {DownloadTimeMax.TotalMinutes:0} min");
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or UnauthorizedAccessException)
            {
                return new StoreDownload.Failed($"the file could not be downloaded: {FaultDescription.Of(fault)}");
            }
            finally
            {
                if (file is not null)
                {
                    await file.DisposeAsync();
                }
            }
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A new file that only this user can read, and that is gone once it is closed.</summary>
    private static FileStream OpenTemporary()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        return new FileStream(Path.Combine(Path.GetTempPath(), "ordercenter-" + Path.GetRandomFileName()), options);
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
