namespace OrderCenter.Reconciliation.Import;

/// <summary>The beginning of a file, which was read already, and then the rest.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> head, Stream rest) : ReadOnlyStream
{
    private int _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, head.Length - _position);
        if (count == 0)
        {
            return rest.ReadAsync(buffer, cancellationToken);
        }
        head.Span.Slice(_position, count).CopyTo(buffer.Span);
        _position += count;
        return ValueTask.FromResult(count);
    }
}
