using System.Text;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Encodings;

public sealed class ParameterSetTests
{
    [Theory]
    [InlineData("a=1+2", "1 2")]
    [InlineData("a=%2B%26%3D%25", "+&=%")]
    [InlineData("a=%zz", "%zz")]
    [InlineData("a=%", "%")]
    [InlineData("a=%4", "%4")]
    [InlineData("a=%%41", "%A")]
    [InlineData("a=%2541", "%41")]
    [InlineData("a=%e4%B8%ad", "中")]
    [InlineData("a=b=c==", "b=c==")]
    [InlineData("a", "")]
    [InlineData("a=", "")]
    [InlineData("&&a=1&&", "1")]
    [InlineData("%61=1", "1")]
    [InlineData("a=中", "中")]
    public void A_value_is_decoded_once(string query, string value)
    {
        var parameters = Given.UrlEncoded(query);

        Assert.Single(parameters.Sorted);
        Assert.Equal(value, parameters.Text("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&")]
    [InlineData("&&&")]
    public void Nothing_between_ampersands_is_no_parameter(string query) => Assert.Empty(Given.UrlEncoded(query).Sorted);

    [Fact]
    public void Bytes_that_are_not_utf8_stay_what_they_are()
    {
        var parameters = Given.UrlEncoded("a=%FF%00x&b=%C3%28");

        Assert.True(parameters.TryGet("a", out var value));
        Assert.Equal([0xff, 0x00, (byte)'x'], value.ToArray());
        Assert.Null(parameters.Text("a"));
        Assert.Null(parameters.Text("b"));
        Assert.Null(parameters.Text("missing"));
    }

    [Fact]
    public void Parameters_are_sorted_by_the_bytes_of_their_names()
    {
        var parameters = Given.UrlEncoded("alpha=1&Zeta=2&%EF%BF%BD=3&%F0%9F%98%80=4&a=5&_=6&Z=7&0=8");
        Assert.True(parameters.TryAdd("B"u8.ToArray(), default, out _));

        // In UTF-16 the emoji would come before U+FFFD.
        Assert.Equal(
            ["0", "B", "Z", "Zeta", "_", "a", "alpha", "\ufffd", "😀"],
            parameters.Sorted.Select(parameter => Encoding.UTF8.GetString(parameter.Name.Span)));

        Assert.True(parameters.TryAdd("A"u8.ToArray(), default, out _));
        Assert.Equal("A", Encoding.UTF8.GetString(parameters.Sorted[1].Name.Span));
    }

    [Theory]
    [InlineData("a=1&a=1", "a is given twice")]
    [InlineData("a=1&%61=2", "a is given twice")]
    [InlineData("a&a", "a is given twice")]
    [InlineData("%0A%1Ba%7F=1&%0A%1Ba%7F=2", "a is given twice")]
    public void A_name_that_comes_twice_is_refused(string query, string expected)
    {
        Assert.False(new ParameterSet().TryAddUrlEncoded(Encoding.UTF8.GetBytes(query), out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void A_name_in_the_query_and_in_the_body_is_refused()
    {
        var parameters = Given.UrlEncoded("sign=1");

        Assert.False(parameters.TryAddJson("""{"sign":"1"}"""u8, out var fault));
        Assert.Equal("sign is given twice", fault);
    }

    [Fact]
    public void Parameters_are_bounded_in_count()
    {
        var allowed = string.Join('&', Enumerable.Range(0, ParameterSet.CountMax).Select(i => $"p{i}={i}"));

        Assert.Equal(256, Given.UrlEncoded(allowed).Sorted.Count);
        Assert.False(new ParameterSet().TryAddUrlEncoded(Encoding.UTF8.GetBytes(allowed + "&more=1"), out var fault));
        Assert.Equal("too many parameters: at most 256 are allowed", fault);

        var json = "{" + string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"p{i}\":{i}")) + "}";
        Assert.False(new ParameterSet().TryAddJson(Encoding.UTF8.GetBytes(json), out fault));
        Assert.Equal("too many parameters: at most 256 are allowed", fault);
    }

    [Theory]
    [InlineData("""{"a":"x"}""", "x")]
    [InlineData(""" { "a" : "x" } """, "x")]
    [InlineData("""{"a":6.50}""", "6.50")]
    [InlineData("""{"a":-0}""", "-0")]
    [InlineData("""{"a":1e2}""", "1e2")]
    [InlineData("""{"a":123456789012345678901234567890}""", "123456789012345678901234567890")]
    [InlineData("""{"a":true}""", "true")]
    [InlineData("""{"a":null}""", "")]
    [InlineData("""{"a":"\u4e2d\/\"\\\n\ud83d\ude00+%41"}""", "中/\"\\\n😀+%41")]
    [InlineData("""{"\u0061":"x"}""", "x")]
    public void A_member_of_a_json_object_is_a_parameter(string json, string value)
    {
        var parameters = new ParameterSet();

        Assert.True(parameters.TryAddJson(Encoding.UTF8.GetBytes(json), out var fault), fault);
        Assert.Equal(value, parameters.Text("a"));
    }

    [Fact]
    public void A_json_number_is_signed_by_its_text()
    {
        var vector = Given.Vectors("more.json").Single(vector => vector.TryGetProperty("signed_string", out _));
        var parameters = new ParameterSet();
        Assert.True(parameters.TryAddJson(Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!), out var fault), fault);

        Assert.Equal("6.50", parameters.Text("money"));
        Assert.Equal("1001", parameters.Text("gameid"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":1}{"b":2}""")]
    [InlineData("""{"a":1}]""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"a":"\ud83d"}""")]
    [InlineData("""{"a":"\ude00\ud83d"}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"a":"\x"}""")]
    [InlineData("""{'a':1}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1 /* c */}""")]
    [InlineData("\ufeff{}")]
    [InlineData("{\"a\":\"\n\"}")]
    public void Json_that_is_not_one_flat_object_is_refused(string json)
    {
        Assert.False(new ParameterSet().TryAddJson(Encoding.UTF8.GetBytes(json), out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Json_text_that_is_not_utf8_is_refused()
    {
        Assert.False(new ParameterSet().TryAddJson([.. "{\"a\":\""u8, 0xff, .. "\"}"u8], out _));
        Assert.False(new ParameterSet().TryAddJson([.. "{\""u8, 0xc3, .. "\":1}"u8], out _));
        Assert.False(new ParameterSet().TryAddJson([.. "{\"a\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8], out _));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Json_five_thousand_deep_is_refused(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 5000)) + "1" + string.Concat(Enumerable.Repeat(close, 5000));

        Assert.False(new ParameterSet().TryAddJson(Encoding.UTF8.GetBytes("{\"a\":" + deep + "}"), out var fault));
        Assert.Equal("a must be text or a number: the JSON object must be flat", fault);
        Assert.False(new ParameterSet().TryAddJson(Encoding.UTF8.GetBytes(deep), out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        const int seed = 64;
        var random = new Random(seed);
        var json = "{\"a\":\"\\ud83d\\ude00\",\"b\":6.50,\"c\":null}"u8.ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(64)] : json.ToArray();
            if (i % 2 == 0)
            {
                random.NextBytes(bytes);
            }
            else
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            var isRefused = !new ParameterSet().TryAddUrlEncoded(bytes, out var fault);
            Assert.Equal(isRefused, fault is not null);
            isRefused = !new ParameterSet().TryAddJson(bytes, out fault);
            Assert.Equal(isRefused, fault is not null);
        }
    }

    [Fact]
    public async Task Php_decodes_a_form_alike()
    {
        const int seed = 33;
        var random = new Random(seed);
        var queries = Enumerable.Range(0, 500).Select(_ => NextQuery(random)).ToArray();
        var answer = await OtherImplementation.PhpAsync(
            """
            while (($line = fgets(STDIN)) !== false) {
                parse_str(base64_decode(rtrim($line, "\n")), $parameters);
                ksort($parameters, SORT_STRING);
                $signed = '';
                foreach ($parameters as $name => $value) $signed .= "$name=$value&";
                echo base64_encode($signed), "\n";
            }
            """,
            string.Concat(queries.Select(query => Convert.ToBase64String(query) + "\n")));

        var lines = answer.Split('\n')[..queries.Length];
        for (var i = 0; i < queries.Length; i++)
        {
            var parameters = new ParameterSet();
            Assert.True(parameters.TryAddUrlEncoded(queries[i], out var fault), fault);
            byte[] signed = [.. parameters.Sorted.SelectMany(parameter => (byte[])[.. parameter.Name.Span, (byte)'=', .. parameter.Value.Span, (byte)'&'])];
            Assert.True(Convert.ToBase64String(signed) == lines[i], $"seed {seed}, query {i}: {Encoding.Latin1.GetString(queries[i])}");
        }
    }

    /// <summary>Plain names, each once; values full of what a decoder can trip over; here and there an empty pair.</summary>
    private static byte[] NextQuery(Random random)
    {
        string[] pieces =
        [
            "+", "%", "%%", "%zz", "%4", "%41", "%e4%b8%ad", "%00", "%FF", "=", "==", "a", "é", "😀", "%2", "%2B", "%26", "%3d", "\u0001", " ", "#", ";", "[]", ".",
        ];
        var query = new StringBuilder();
        for (var i = random.Next(6); i > 0; i--)
        {
            query.Append(random.Next(5) == 0 ? "&" : "").Append((char)random.Next('A', 'Z')).Append(i).Append(random.Next(8) == 0 ? "" : "=");
            for (var left = query[^1] == '=' ? random.Next(8) : 0; left > 0; left--)
            {
                query.Append(pieces[random.Next(pieces.Length)]);
            }
            query.Append('&');
        }
        var bytes = Encoding.UTF8.GetBytes(query.ToString());
        // A byte that is no UTF-8 where a value was.
        return bytes.Length > 8 && bytes[^2] == 'a' ? [.. bytes[..^2], 0xfe, .. bytes[^1..]] : bytes;
    }
}
