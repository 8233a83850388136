using System.Buffers;

namespace OrderCenter.Encodings;

/// <summary>Reads the bodies of requests into memory. A buffer grows with what arrives, never by a length that was announced; and all
/// buffers together have one bound, so that many connections that send slowly cannot take the memory of the process.</summary>
/// <param name="bytesMax">How many bytes all bodies together may hold.</param>
/// <param name="clock">Bounds the time of each body.</param>
public sealed class BodyReader(long bytesMax, TimeProvider clock)
{
    public const long BytesMaxDefault = 128 * 1024 * 1024;

    /// <summary>Several of the largest bodies.</summary>
    public const long BytesMaxLeast = 8 * 1024 * 1024;

    /// <summary>The first piece. Most bodies are no larger.</summary>
    private const int FirstBytes = 4096;

    /// <summary>How long a body may take from its second piece on. Total silence is ended sooner, by the server's own least rate.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Buffers grow within seven eighths, so that small bodies are still read while large ones stand still.</summary>
    private readonly long _grownBytesMax = bytesMax / 8 * 7;

    private long _bytesHeld;

    /// <summary>How many bytes the bodies of all requests hold now.</summary>
    public long BytesHeld => Interlocked.Read(ref _bytesHeld);

    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body.</param>
    /// <param name="announced">The length that was announced: only to know its end without waiting for it; null: none.</param>
    /// <param name="bodyBytesMax">The largest that is read.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    public async ValueTask<BodyRead> ReadAsync(Stream body, long? announced, int bodyBytesMax, CancellationToken cancellationToken)
    {
        if (announced > bodyBytesMax)
        {
            return new BodyRead(BodyFault.TooLarge, null, 0, null);
        }
        if (!TryHold(FirstBytes, bytesMax))
        {
            return new BodyRead(BodyFault.Busy, null, 0, null);
        }
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var (held, length, isRead) = (FirstBytes, 0, false);
        CancellationTokenSource? timeout = null;
        CancellationTokenRegistration cutOff = default;
        try
        {
            while (true)
            {
                var free = Math.Min(buffer.Length, bodyBytesMax) - length;
                if (free == 0 && length < bodyBytesMax)
                {
                    if (!TryHold(buffer.Length * 2, _grownBytesMax))
                    {
                        return new BodyRead(BodyFault.Busy, null, 0, null);
                    }
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    Release(buffer, held);
                    (buffer, held) = (larger, larger.Length);
                    continue;
                }
                if (timeout is null && length > 0 && length != announced)
                {
                    timeout = new CancellationTokenSource(TimeMax, clock);
                    cutOff = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
                }

                // A body of exactly the limit: one more byte shows whether it ends there.
                var read = await body.ReadAsync(
                    free > 0 ? buffer.AsMemory(length, free) : new byte[1], timeout?.Token ?? cancellationToken);
                if (read == 0)
                {
                    isRead = true;
                    return new BodyRead(BodyFault.None, buffer, length, Charge(held));
                }
                if (free == 0)
                {
                    return new BodyRead(BodyFault.TooLarge, null, 0, null);
                }
                length += read;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BodyRead(BodyFault.TooSlow, null, 0, null);
        }
        finally
        {
            await cutOff.DisposeAsync();
            timeout?.Dispose();
            if (!isRead)
            {
                Release(buffer, held);
            }
        }
    }

    private bool TryHold(int bytes, long most)
    {
        if (Interlocked.Add(ref _bytesHeld, bytes) <= most)
        {
            return true;
        }
        Interlocked.Add(ref _bytesHeld, -bytes);
        return false;
    }

    private void Release(byte[] buffer, int held)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        Interlocked.Add(ref _bytesHeld, -held);
    }

    /// <summary>What a large body holds is held until its request has ended, since its parts are in memory until then; a small one's is
    /// over when it is read.</summary>
    private Held? Charge(int held)
    {
        if (held > FirstBytes)
        {
            return new Held(this, held);
        }
        Interlocked.Add(ref _bytesHeld, -held);
        return null;
    }

    private sealed class Held(BodyReader reader, int bytes) : IDisposable
    {
        private int _bytes = bytes;

        public void Dispose() => Interlocked.Add(ref reader._bytesHeld, -Interlocked.Exchange(ref _bytes, 0));
    }
}
