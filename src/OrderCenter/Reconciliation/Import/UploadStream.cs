using System.Security.Cryptography;

namespace OrderCenter.Reconciliation.Import;

/// <summary>An uploaded file: counted, bounded and hashed while it is read.</summary>
internal sealed class UploadStream(Stream body) : ReadOnlyStream
{
    public const long BytesMax = 512L * 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    /// <summary>SHA-256 of everything that was read.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Reads the rest, up to a number of bytes.</summary>
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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
