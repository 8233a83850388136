using System.Buffers;
using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Encodings;

/// <summary>What the tests of the wire share: the public vectors, JSON as PHP writes it, and texts full of what is easily got wrong.</summary>
internal static class Given
{
    private static readonly string[] Awkward =
    [
        "\0", "\u0001", "\b", "\t", "\n", "\u000b", "\f", "\r", "\u001b", "\u001f", "\u007f", "\u0080", "\u009f", "\u00a0", "\u00ad", "\u061c",
        "\u200b", "\u2027", "\u2028", "\u2029", "\u202a", "\u2060", "\u3000", "\ud7ff", "\ue000", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U00010000",
        "\U0001f600", "\U0001d7d8", "\U0010ffff", "\"", "\\", "/", "'", "<", ">", "&", "+", "%", " ", "0", "9", "A", "z", "é", "中", "文", "０", "👨‍👩‍👧", "e\u0301",
    ];

    public static string Text(Random random, int charactersMax = 24)
    {
        var text = new StringBuilder();
        for (var left = random.Next(charactersMax + 1); left > 0; left--)
        {
            text.Append(random.Next(4) switch
            {
                0 => Awkward[random.Next(Awkward.Length)],
                1 => Scalar(random.Next(0x10f800)).ToString(),
                _ => ((char)random.Next(0x20, 0x7f)).ToString(),
            });
        }
        return text.ToString();
    }

    /// <summary>The n-th code point that is a character: the surrogates are left out.</summary>
    public static Rune Scalar(int n) => new(n < 0xd800 ? n : n + 0x800);

    public static JsonElement[] Vectors(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", file)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            write(writer);
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static ParameterSet UrlEncoded(string query)
    {
        var parameters = new ParameterSet();
        Assert.True(parameters.TryAddUrlEncoded(Encoding.UTF8.GetBytes(query), out var fault), fault);
        return parameters;
    }
}
