using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace OrderCenter.Api.Live;

/// <summary>Writes one stream of server-sent events, each flushed at once. A write that the reader does not take within the limit fails as
/// a <see cref="TimeoutException"/>.</summary>
internal sealed class LiveWriter(HttpResponse response, LiveOptions options, TimeProvider clock)
{
    private static readonly byte[] s_ready = "event: ready\ndata: {}\n\n"u8.ToArray();
    private static readonly byte[] s_heartbeat = ": heartbeat\n\n"u8.ToArray();

    /// <summary>After how long a browser opens a new stream when this one has ended.</summary>
    private static readonly byte[] s_retry = "retry: 3000\n\n"u8.ToArray();

    private long _writtenAt = clock.GetTimestamp();

    /// <summary>How long until a heartbeat is due; zero or less: now.</summary>
    public TimeSpan UntilHeartbeat => options.Heartbeat - clock.GetElapsedTime(_writtenAt);

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return WriteAsync(s_retry, cancellationToken);
    }

    public Task ReadyAsync(CancellationToken cancellationToken) => WriteAsync(s_ready, cancellationToken);

    public Task HeartbeatAsync(CancellationToken cancellationToken) => WriteAsync(s_heartbeat, cancellationToken);

    public Task ChangesAsync(LiveJson changes, CancellationToken cancellationToken) =>
        WriteAsync(
            Encoding.UTF8.GetBytes($"event: changes\ndata: {JsonSerializer.Serialize(changes, ApiJson.Readable.LiveJson)}\n\n"),
            cancellationToken);

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.WriteMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await response.Body.WriteAsync(bytes, either.Token);
            await response.Body.FlushAsync(either.Token);
        }
        catch (OperationCanceledException cut) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the reader took nothing within {options.WriteMax.TotalSeconds} s", cut);
        }
        _writtenAt = clock.GetTimestamp();
    }
}
