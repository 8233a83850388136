using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Encodings;

public sealed class PhpJsonTests
{
    private const int CharacterCount = 0x10f800;

    [Theory]
    [InlineData("/<>&'+=", "/<>&'+=")]
    [InlineData("\"\\", "\\\"\\\\")]
    [InlineData("\b\f\n\r\t", "\\b\\f\\n\\r\\t")]
    [InlineData("\0\u000b\u001f", "\\u0000\\u000b\\u001f")]
    [InlineData("\u2027\u2028\u2029\u202a", "\u2027\\u2028\\u2029\u202a")]
    [InlineData("\u007f\u0080\u00a0\u3000\ufeff\uffff", "\u007f\u0080\u00a0\u3000\ufeff\uffff")]
    [InlineData("订单😀", "订单😀")]
    public void Only_quotes_backslashes_control_characters_and_line_separators_are_escaped(string text, string written)
    {
        Assert.Equal($"\"{written}\"", Encoding.UTF8.GetString(Given.Json(writer => writer.WriteStringValue(text))));
        Assert.Equal($"\"{written}\"", Encoding.UTF8.GetString(Given.Json(writer => writer.WriteStringValue(Encoding.UTF8.GetBytes(text)))));
    }

    [Theory]
    [InlineData("\ud83d")]
    [InlineData("a\ude00b")]
    [InlineData("\ude00\ud83d")]
    [InlineData("\ud83d\"")]
    public void Half_a_surrogate_pair_never_makes_broken_json(string text)
    {
        var json = Given.Json(writer => writer.WriteStringValue(text));

        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), parsed.RootElement.GetString());
        Assert.DoesNotContain(new PhpJson().Encode(text), char.IsSurrogate);
    }

    /// <summary>Every character in one long text, alone in a text of its own, and in a member's name; as UTF-16 and as UTF-8, which take other paths
    /// through the writer.</summary>
    [Fact]
    public async Task Php_escapes_every_character_alike()
    {
        var php = await OtherImplementation.PhpAsync(
            """
            $all = ''; $alone = []; $named = [];
            for ($c = 0; $c < 0x110000; $c++) {
                if ($c >= 0xd800 && $c < 0xe000) continue;
                if ($c < 0x80) $s = chr($c);
                elseif ($c < 0x800) $s = chr(0xc0 | $c >> 6) . chr(0x80 | $c & 63);
                elseif ($c < 0x10000) $s = chr(0xe0 | $c >> 12) . chr(0x80 | $c >> 6 & 63) . chr(0x80 | $c & 63);
                else $s = chr(0xf0 | $c >> 18) . chr(0x80 | $c >> 12 & 63) . chr(0x80 | $c >> 6 & 63) . chr(0x80 | $c & 63);
                $all .= $s;
                if ($c < 0x3100 || $c % 97 == 0) { $alone[] = $s; $named['k' . $s] = 1; }
            }
            echo md5(json_encode($all, 320)), ' ', md5(json_encode($alone, 320)), ' ', md5(json_encode($named, 320));
            """,
            "");

        var characters = Enumerable.Range(0, CharacterCount).Select(Given.Scalar).ToArray();
        var all = string.Concat(characters);
        var alone = characters.Where(character => character.Value < 0x3100 || character.Value % 97 == 0).Select(character => character.ToString()).ToArray();

        Assert.Equal(php, Digests(
            writer => writer.WriteStringValue(all),
            writer => WriteArray(writer, alone, writer.WriteStringValue),
            writer => WriteObject(writer, alone, name => writer.WriteNumber("k" + name, 1))));
        Assert.Equal(php, Digests(
            writer => writer.WriteStringValue(Encoding.UTF8.GetBytes(all)),
            writer => WriteArray(writer, alone, text => writer.WriteStringValue(Encoding.UTF8.GetBytes(text))),
            writer => WriteObject(writer, alone, name => writer.WriteNumber(Encoding.UTF8.GetBytes("k" + name), 1))));
    }

    [Fact]
    public async Task Php_writes_random_texts_alike()
    {
        const int seed = 320;
        var random = new Random(seed);
        var texts = Enumerable.Range(0, 500).Select(_ => Given.Text(random, charactersMax: 80)).ToArray();
        var php = await OtherImplementation.PhpAsync(
            "while (($line = fgets(STDIN)) !== false) { echo base64_encode(json_encode(base64_decode(rtrim($line, \"\\n\")), 320)), \"\\n\"; }",
            string.Concat(texts.Select(text => Given.Base64(text) + "\n")));

        var lines = php.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts.Length, lines.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            var expected = Encoding.UTF8.GetString(Convert.FromBase64String(lines[i]));
            var utf16 = Utf8(writer => writer.WriteStringValue(texts[i]));
            var utf8 = Utf8(writer => writer.WriteStringValue(Encoding.UTF8.GetBytes(texts[i])));
            Assert.True(string.Equals(expected, utf16, StringComparison.Ordinal), $"seed {seed}, text {i}: {expected}");
            Assert.True(string.Equals(expected, utf8, StringComparison.Ordinal), $"seed {seed}, text {i} as UTF-8: {expected}");
        }
    }

    private static string Utf8(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Given.Json(write));

    private static string Digests(params Action<Utf8JsonWriter>[] writes) =>
        string.Join(' ', writes.Select(write => Convert.ToHexStringLower(MD5.HashData(Given.Json(write)))));

    private static void WriteArray(Utf8JsonWriter writer, IEnumerable<string> items, Action<string> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(item);
        }
        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<string> names, Action<string> write)
    {
        writer.WriteStartObject();
        foreach (var name in names)
        {
            write(name);
        }
        writer.WriteEndObject();
    }
}
