using System.Text;
using System.Text.Json;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Encodings;

public sealed class CharSortTests
{
    private const int PayloadCount = 400;

    private sealed record Card(int CardType, string CardNo, string CardPassword, string CardRect);

    private sealed record Payload(string OrderNo, string CustomerOrderNo, IReadOnlyList<Card> Cards, string Status, string Secret);

    [Fact]
    public void Source_example_is_sorted_and_signed_as_printed()
    {
        var json = """{"orderno":"B2C2208041455471000499115","customer_order_no":"42ertdgsfsfsf","status":"failed"}"""u8;
        var sorted = new byte[json.Length];

        Assert.True(CharSort.TrySort(json, sorted));

        Assert.Equal(
            "\"\"\"\"\"\"\"\"\"\"\"\",,0000011112222444445557899:::BC__aacddddeeeeeffffgilmnnooooorrrrrrssssssttttuu{}",
            Encoding.UTF8.GetString(sorted));
        Assert.Equal("a118bd1cfd00f92d5452121fb3d26c73", CharSort.Of(json, "538bdb67540d81fabaab1ef3d26f6257"));
    }

    [Fact]
    public void Public_vectors_are_signed_as_published()
    {
        var seen = 0;
        foreach (var vector in Given.Vectors("signatures.json").Where(vector => vector.GetProperty("protocol").ValueEquals("CardRecharge")))
        {
            var json = Given.Json(vector.GetProperty("params").WriteTo);
            Assert.Equal(vector.GetProperty("sign").GetString(), CharSort.Of(json, vector.GetProperty("secret").GetString()!));
            seen++;
        }
        Assert.Equal(3, seen);
    }

    [Fact]
    public void Cards_are_signed_nested_or_as_a_text()
    {
        var vector = Given.Vectors("more.json").Single(vector => vector.TryGetProperty("nested", out _));
        var fields = vector.GetProperty("fields");
        var secret = vector.GetProperty("secret").GetString()!;
        var asText = Given.Json(writer =>
        {
            writer.WriteStartObject();
            foreach (var field in fields.EnumerateObject())
            {
                writer.WritePropertyName(field.Name);
                var isArray = field.Value.ValueKind == JsonValueKind.Array;
                writer.WriteStringValue(isArray ? Given.Json(field.Value.WriteTo) : Encoding.UTF8.GetBytes(field.Value.GetString()!));
            }
            writer.WriteEndObject();
        });

        Assert.Equal(vector.GetProperty("nested").GetString(), CharSort.Of(Given.Json(fields.WriteTo), secret));
        Assert.Equal(vector.GetProperty("string").GetString(), CharSort.Of(asText, secret));
    }

    [Fact]
    public void An_answer_is_signed_over_the_text_of_its_result()
    {
        var vector = Given.Vectors("more.json").Single(vector => vector.TryGetProperty("result", out _));

        Assert.Equal(
            vector.GetProperty("sign").GetString(),
            CharSort.Of(Encoding.UTF8.GetBytes(vector.GetProperty("result").GetString()!), vector.GetProperty("secret").GetString()!));
    }

    [Fact]
    public void Characters_beyond_the_basic_plane_come_after_those_at_its_end()
    {
        var sorted = new byte[10];

        // UTF-16 order, which C#'s Array.Sort of the source's text would give, has the emoji's halves first.
        Assert.True(CharSort.TrySort("\U0001f600\ufffd中"u8, sorted));

        Assert.Equal("中\ufffd\U0001f600"u8, sorted);
    }

    [Fact]
    public void Any_order_of_the_same_characters_has_the_same_digest()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var characters = Given.Text(random).EnumerateRunes().Select(character => character.ToString()).ToArray();
            var expected = string.Concat(characters.OrderBy(character => char.ConvertToUtf32(character, 0)));
            random.Shuffle(characters);
            var text = Encoding.UTF8.GetBytes(string.Concat(characters));
            var sorted = new byte[text.Length];

            Assert.True(CharSort.TrySort(text, sorted));
            Assert.Equal(expected, Encoding.UTF8.GetString(sorted));
        }
    }

    [Fact]
    public void A_received_digest_matches_in_either_case_and_only_whole()
    {
        var json = """{"a":"b"}"""u8;
        var sign = CharSort.Of(json, "k");

        Assert.True(CharSort.Matches(Encoding.ASCII.GetBytes(sign), json, "k"));
        Assert.True(CharSort.Matches(Encoding.ASCII.GetBytes(sign.ToUpperInvariant()), json, "k"));
        Assert.False(CharSort.Matches(Encoding.ASCII.GetBytes(sign[..31]), json, "k"));
        Assert.False(CharSort.Matches(Encoding.ASCII.GetBytes(sign), json, "K"));
        Assert.False(CharSort.Matches(Encoding.ASCII.GetBytes(sign), """{"a":"c"}"""u8, "k"));
        Assert.False(CharSort.Matches(Encoding.ASCII.GetBytes(CharSort.Of(json, "")), json, ""));
        Assert.False(CharSort.Matches("d41d8cd98f00b204e9800998ecf8427e"u8, default, ""));
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("61c3")]
    [InlineData("eda080")]
    [InlineData("c080")]
    [InlineData("f4908080")]
    public void Bytes_that_are_not_utf8_match_nothing(string hex)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.False(CharSort.TrySort(bytes, new byte[bytes.Length]));
        Assert.False(CharSort.Matches(Encoding.ASCII.GetBytes(Md5Digest.Of(bytes, "k")), bytes, "k"));
        Assert.Throws<ArgumentException>(() => CharSort.Of(bytes, "k"));
    }

    /// <summary>The merchant's side: the source's own PHP, with its split and its plain <c>sort</c>, and the same with every choice made explicit.</summary>
    [Fact]
    public async Task Php_writes_and_signs_every_payload_alike()
    {
        const int seed = 20250320;
        var random = new Random(seed);
        var payloads = Enumerable.Range(0, PayloadCount).Select(_ => NextPayload(random)).ToArray();
        var answer = await OtherImplementation.PhpAsync(
            """
            function signed($json, $secret, $pattern, $flags, $sorting) {
                $characters = preg_split($pattern, $json, -1, $flags);
                sort($characters, $sorting);
                return md5(implode('', $characters) . $secret);
            }
            while (($line = fgets(STDIN)) !== false) {
                $parts = array_map('base64_decode', explode("\t", rtrim($line, "\n")));
                [$orderno, $customer, $status, $secret] = $parts;
                $cards = [];
                foreach (array_slice(array_chunk($parts, 4), 1) as [$type, $no, $password, $rect]) {
                    $cards[] = ['card_type' => (int) $type, 'card_no' => $no, 'card_password' => $password, 'card_rect' => $rect];
                }
                foreach ([$cards, json_encode($cards, 320)] as $card) {
                    $body = ['orderno' => $orderno, 'customer_order_no' => $customer, 'card' => $card, 'status' => $status];
                    $json = json_encode($body, 320);
                    echo base64_encode($json), "\t", signed($json, $secret, '/(?<!^)(?!$)/u', 0, SORT_REGULAR),
                        "\t", signed($json, $secret, '//u', PREG_SPLIT_NO_EMPTY, SORT_STRING), "\n";
                }
            }
            """,
            string.Concat(payloads.Select(Line)));

        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(PayloadCount * 2, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var parts = lines[i].Split('\t');
            var payload = payloads[i / 2];
            var json = Body(payload, cardsNested: i % 2 == 0);
            var sign = CharSort.Of(json, payload.Secret);
            Assert.True(Convert.FromBase64String(parts[0]).AsSpan().SequenceEqual(json), $"seed {seed}, payload {i / 2}: {Encoding.UTF8.GetString(json)}");
            Assert.True(string.Equals(parts[1], sign, StringComparison.Ordinal), $"the source's PHP signs payload {i / 2} of seed {seed} otherwise");
            Assert.True(string.Equals(parts[2], sign, StringComparison.Ordinal), $"PHP sorting as bytes signs payload {i / 2} of seed {seed} otherwise");
        }
    }

    /// <summary>PHP's plain <c>sort</c> compares two numeric strings as numbers. Of all single characters only the ten digits are numeric, and those stand
    /// in the same order either way.</summary>
    [Fact]
    public async Task Php_plain_sort_is_code_point_order_for_every_character()
    {
        var answer = await OtherImplementation.PhpAsync(
            """
            $numeric = '';
            $previous = null;
            $disordered = 0;
            for ($c = 0; $c < 0x110000; $c++) {
                if ($c >= 0xd800 && $c < 0xe000) continue;
                if ($c < 0x80) $s = chr($c);
                elseif ($c < 0x800) $s = chr(0xc0 | $c >> 6) . chr(0x80 | $c & 63);
                elseif ($c < 0x10000) $s = chr(0xe0 | $c >> 12) . chr(0x80 | $c >> 6 & 63) . chr(0x80 | $c & 63);
                else $s = chr(0xf0 | $c >> 18) . chr(0x80 | $c >> 12 & 63) . chr(0x80 | $c >> 6 & 63) . chr(0x80 | $c & 63);
                if (is_numeric($s)) $numeric .= $s;
                if ($previous !== null && ($previous <=> $s) !== -1) $disordered++;
                $previous = $s;
            }
            echo $numeric, ' ', $disordered;
            """,
            "");

        Assert.Equal("0123456789 0", answer);
    }

    private static Payload NextPayload(Random random)
    {
        var cards = Enumerable.Range(0, random.Next(4))
            .Select(_ => new Card(random.Next(1, 5), Given.Text(random), Given.Text(random), Given.Text(random)));
        return new Payload(Given.Text(random), Given.Text(random), [.. cards], random.Next(2) == 0 ? "success" : "failed", "k" + Given.Text(random));
    }

    private static string Line(Payload payload)
    {
        string[] parts = [payload.OrderNo, payload.CustomerOrderNo, payload.Status, payload.Secret];
        var cards = payload.Cards.SelectMany(card => new[] { card.CardType.ToString(), card.CardNo, card.CardPassword, card.CardRect });
        return string.Join('\t', parts.Concat(cards).Select(Given.Base64)) + "\n";
    }

    private static byte[] Body(Payload payload, bool cardsNested) => Given.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("orderno", payload.OrderNo);
        writer.WriteString("customer_order_no", payload.CustomerOrderNo);
        writer.WritePropertyName("card");
        if (cardsNested)
        {
            WriteCards(writer, payload.Cards);
        }
        else
        {
            writer.WriteStringValue(Given.Json(cards => WriteCards(cards, payload.Cards)));
        }
        writer.WriteString("status", payload.Status);
        writer.WriteEndObject();
    });

    private static void WriteCards(Utf8JsonWriter writer, IReadOnlyList<Card> cards)
    {
        writer.WriteStartArray();
        foreach (var card in cards)
        {
            writer.WriteStartObject();
            writer.WriteNumber("card_type", card.CardType);
            writer.WriteString("card_no", card.CardNo);
            writer.WriteString("card_password", card.CardPassword);
            writer.WriteString("card_rect", card.CardRect);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
