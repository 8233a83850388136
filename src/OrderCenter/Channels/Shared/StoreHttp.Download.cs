using System.Net.Sockets;
using OrderCenter.Encodings;

namespace OrderCenter.Channels.Shared;

/// <summary>Downloads of files: bounded like calls, with a longer time.</summary>
public sealed partial class StoreHttp
{
    /// <summary>The largest file that is downloaded: the largest statement that can be uploaded.</summary>
    public const long FileBytesMax = 512L * 1024 * 1024;

    /// <summary>How long a download may take.</summary>
    public static readonly TimeSpan DownloadTimeMax = TimeSpan.FromMinutes(10);

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
}
