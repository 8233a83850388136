using System.Security.Cryptography;

namespace OrderCenter.Statements;

/// <summary>A file that is larger than what is taken.</summary>
internal sealed class UploadTooLargeException() : Exception($"the file is larger than {UploadStream.BytesMax} bytes");

/// <summary>A file as it comes in: counted, bounded, and digested, so that its name is known when its last byte is.</summary>
internal sealed class UploadStream(Stream body) : Stream
{
    public const long BytesMax = 512L * 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of everything that was read.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Reads what is left, up to a number of bytes.</summary>
    public async Task DrainAsync(long bytesMax, CancellationToken cancellationToken)
    {
        var part = new byte[64 * 1024];
        var end = Count + bytesMax;
        while (Count < end && await ReadAsync(part, cancellationToken) > 0)
        {
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        Count += read;
        if (Count > BytesMax)
        {
            throw new UploadTooLargeException();
        }
        _hash.AppendData(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a body is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
