using System.Buffers;

namespace OrderCenter.Encodings;

/// <summary>The result of reading a body.</summary>
/// <param name="Fault">Why there is none.</param>
/// <param name="Buffer">Rented from the shared pool; null where there is a fault.</param>
/// <param name="Length">How many of its bytes are the body.</param>
/// <param name="Charge">To be disposed when the request has ended; null: nothing is held beyond the buffer.</param>
public readonly record struct BodyRead(BodyFault Fault, byte[]? Buffer, int Length, IDisposable? Charge)
{
    /// <summary>The HTTP status of the fault; 200: there is none.</summary>
    public int HttpStatus => Fault switch
    {
        BodyFault.None => 200,
        BodyFault.TooLarge => 413,
        BodyFault.TooSlow => 408,
        _ => 503,
    };

    /// <summary>The body in an array of its own, once: the buffer goes back to the pool. Null where there is a fault.</summary>
    public byte[]? ToOwnArray()
    {
        if (Buffer is null)
        {
            return null;
        }
        var bytes = Buffer.AsSpan(0, Length).ToArray();
        ArrayPool<byte>.Shared.Return(Buffer);
        return bytes;
    }
}
