using System.IO.Compression;
using System.Text.Unicode;

namespace OrderCenter.Encodings;

/// <summary>Decodes responses that are compressed although no compression was requested: gzip and deflate, within a bound on the decoded
/// size.</summary>
public static class ContentCoding
{
    /// <summary>What a request accepts: an uncompressed response.</summary>
    public const string Identity = "identity";

    private const int PartBytes = 4096;

    /// <summary>Decodes an answer. One that breaks off or is corrupt ends where it does; one that does not begin as its coding says is
    /// taken as it came, since servers are found that name a coding and send plain text.</summary>
    /// <param name="bytes">The answer's body, or its beginning.</param>
    /// <param name="codings">The values of <c>Content-Encoding</c>.</param>
    /// <param name="bytesMax">How many decoded bytes are wanted at most; what follows is not decoded.</param>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> bytes, IEnumerable<string> codings, int bytesMax)
    {
        string? coding = null;
        foreach (var name in codings)
        {
            if (name.Equals(Identity, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }
            if (coding is not null)
            {
                // Twice coded: nobody does that.
                return bytes;
            }
            coding = name;
        }
        if (coding is null || bytes.Length < 2)
        {
            return bytes;
        }
        var (first, second) = (bytes.Span[0], bytes.Span[1]);
        if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
        {
            return (first, second) is (0x1f, 0x8b)
                ? Decode(bytes, bytesMax, static stream => new GZipStream(stream, CompressionMode.Decompress)) ?? bytes
                : bytes;
        }
        if (!coding.Equals("deflate", StringComparison.OrdinalIgnoreCase))
        {
            return bytes;
        }
        // By the standard deflate is zlib's format; some servers send it bare.
        var isZlib = (first & 0x0f) == 8 && ((first << 8) | second) % 31 == 0;
        if (!isZlib && IsText(bytes.Span))
        {
            // Bare deflate has no mark of its own, and plain text can be read as it.
            return bytes;
        }
        return Decode(bytes, bytesMax, isZlib
            ? static stream => new ZLibStream(stream, CompressionMode.Decompress)
            : static stream => new DeflateStream(stream, CompressionMode.Decompress)) ?? bytes;
    }

    /// <summary>Text holds no control characters but white space; what is compressed nearly always does, or is no UTF-8.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (var unit in bytes)
        {
            if (unit < 0x20 && unit is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return false;
            }
        }
        return Utf8.IsValid(bytes);
    }

    /// <returns>Null: not a byte could be decoded.</returns>
    private static ReadOnlyMemory<byte>? Decode(ReadOnlyMemory<byte> bytes, int bytesMax, Func<Stream, Stream> open)
    {
        using var decoded = new MemoryStream();
        var isWhole = false;
        try
        {
            using var stream = open(new MemoryStream(bytes.ToArray(), writable: false));
            var part = new byte[PartBytes];
            int read;
            while (decoded.Length < bytesMax && (read = stream.Read(part, 0, (int)Math.Min(part.Length, bytesMax - decoded.Length))) > 0)
            {
                decoded.Write(part, 0, read);
            }
            isWhole = true;
        }
        catch (Exception corrupt) when (corrupt is InvalidDataException or IOException)
        {
            // Corrupt, cut off, or in need of a dictionary: there is what came before.
        }
        return isWhole || decoded.Length > 0 ? decoded.ToArray() : null;
    }
}
