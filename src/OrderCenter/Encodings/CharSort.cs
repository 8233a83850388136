using System.Buffers;
using System.Text;

namespace OrderCenter.Encodings;

/// <summary>CardRecharge's signature (protocols.md §4 "Sign"): the characters of a compact JSON text, sorted by code point, then the
/// secret, MD5. The text is written with <see cref="PhpJson.Writer"/>.</summary>
public static class CharSort
{
    /// <summary>The digest of a JSON text in UTF-8.</summary>
    /// <exception cref="ArgumentException">The text is not UTF-8: a bug of the caller's, who wrote it or had it checked.</exception>
    public static string Of(ReadOnlySpan<byte> json, string secret)
    {
        var sorted = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            if (!TrySort(json, sorted))
            {
                throw new ArgumentException("the text to sign is not UTF-8", nameof(json));
            }
            return Md5Digest.Of(sorted.AsSpan(0, json.Length), secret);
        }
        finally
        {
            // Card numbers and passwords are among the characters.
            ArrayPool<byte>.Shared.Return(sorted, clearArray: true);
        }
    }

    /// <summary>Whether a received digest is the one of a JSON text; compared in constant time and without regard to case. An empty secret
    /// signs nothing. </summary>
    public static bool Matches(ReadOnlySpan<byte> received, ReadOnlySpan<byte> json, string secret)
    {
        var sorted = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            return TrySort(json, sorted) && Md5Digest.Matches(received, sorted.AsSpan(0, json.Length), secret);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sorted, clearArray: true);
        }
    }

    /// <summary>Writes a text's characters in the order of their code points, which takes as many bytes as the text. False where it is not
    /// UTF-8.</summary>
    public static bool TrySort(ReadOnlySpan<byte> utf8, Span<byte> sorted)
    {
        // JSON is nearly all ASCII, so that part is counted rather than sorted; every code point beyond it comes after it.
        Span<int> counts = stackalloc int[0x80];
        counts.Clear();
        var wide = ArrayPool<int>.Shared.Rent(utf8.Length / 2);
        var wideCount = 0;
        var isText = true;
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                counts[utf8[0]]++;
                utf8 = utf8[1..];
                continue;
            }
            if (Rune.DecodeFromUtf8(utf8, out var character, out var length) != OperationStatus.Done)
            {
                isText = false;
                break;
            }
            wide[wideCount++] = character.Value;
            utf8 = utf8[length..];
        }
        if (isText)
        {
            Join(counts, wide.AsSpan(0, wideCount), sorted);
        }
        ArrayPool<int>.Shared.Return(wide, clearArray: true);
        return isText;
    }

    private static void Join(ReadOnlySpan<int> counts, Span<int> wide, Span<byte> sorted)
    {
        for (var ascii = 0; ascii < counts.Length; ascii++)
        {
            sorted[..counts[ascii]].Fill((byte)ascii);
            sorted = sorted[counts[ascii]..];
        }
        wide.Sort();
        foreach (var character in wide)
        {
            sorted = sorted[new Rune(character).EncodeToUtf8(sorted)..];
        }
    }
}
