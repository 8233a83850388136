using System.Buffers.Text;
using System.Text;
using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Receipts made to mislead or to break the Apple channel: none is paid, none throws.</summary>
public sealed class AppleHostileTests
{
    private static readonly AppleChannel Channel = Given.NewApple();

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x04)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    public void Every_byte_flip_is_refused(int mask)
    {
        var bytes = Encoding.UTF8.GetBytes(Given.AppStore.Purchase(Given.AppleTransaction()));
        Assert.IsType<Verdict.Paid>(Given.Judge(Channel, Given.AppleApp, Given.Order(), bytes));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)mask;
            Assert.False(Given.Judge(Channel, Given.AppleApp, Given.Order(), bytes) is Verdict.Paid, $"byte {i}");
            bytes[i] ^= (byte)mask;
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var jws = Given.AppStore.Sign(Given.AppleTransaction());
        for (var length = 0; length < jws.Length; length += length > jws.Length - 200 ? 1 : 13)
        {
            Given.Rejected(JudgeJws(jws[..length]));
        }
    }

    [Fact]
    public void Signature_has_one_spelling_only()
    {
        var jws = Given.AppStore.Sign(Given.AppleTransaction());
        Given.Paid(JudgeJws(jws));
        // 86 characters for 64 bytes: the last one carries four bits that belong to no byte.
        foreach (var last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=%+/. \n".Where(last => last != jws[^1]))
        {
            Given.Rejected(JudgeJws(jws[..^1] + last));
        }
        string[] corpus =
        [
            jws + "==", jws + "=", jws + "%%", jws + " ", "\n" + jws, jws + ".", "." + jws, jws + ".AAAA", jws.Replace('.', ' '), jws + "A", jws + "AA",
        ];
        foreach (var hostile in corpus)
        {
            Given.Rejected(JudgeJws(hostile));
        }
    }

    [Theory]
    [InlineData("bundleId")]
    [InlineData("productId")]
    [InlineData("transactionId")]
    [InlineData("originalTransactionId")]
    [InlineData("environment")]
    [InlineData("type")]
    [InlineData("quantity")]
    [InlineData("appAccountToken")]
    [InlineData("inAppOwnershipType")]
    [InlineData("signedDate")]
    [InlineData("revocationDate")]
    [InlineData("purchaseDate")]
    [InlineData("price")]
    [InlineData("currency")]
    public void Wrong_values_in_a_signed_field_are_refused_or_held(string field)
    {
        string[] texts = ["\"1\"", "\" \"", "\"\\u0000\"", "\"\ud83d\ude00\""];
        string[] nothing = ["null", "\"\""];
        string[] harmless = field switch
        {
            "transactionId" => texts,
            "originalTransactionId" => [.. texts, .. nothing],
            "quantity" => ["1", "1.0", "1e0", .. nothing],
            "appAccountToken" or "inAppOwnershipType" => nothing,

            // Nothing depends on these: what cannot be read there is absent. Only what is too deep to be parsed refuses.
            "type" or "purchaseDate" or "price" or "currency" => Given.Values[..^1],
            _ => [],
        };
        foreach (var value in Given.Values)
        {
            var verdict = JudgeSigned(Given.With(Given.AppStore.Payload(Given.AppleTransaction()), field, value));
            Assert.True(harmless.Contains(value) == verdict is Verdict.Paid, $"{field} = {value}: {verdict}");
        }
    }

    [Theory]
    [InlineData("bundleId")]
    [InlineData("productId")]
    [InlineData("transactionId")]
    [InlineData("environment")]
    [InlineData("signedDate")]
    public void Signed_payload_without_a_needed_field_is_refused(string field) =>
        Assert.Contains(field, Given.Rejected(JudgeSigned(Given.Without(Given.AppStore.Payload(Given.AppleTransaction()), field))), StringComparison.Ordinal);

    [Fact]
    public void Largest_price_is_kept_exactly()
    {
        var payment = Given.Paid(JudgeSigned(Given.With(Given.AppStore.Payload(Given.AppleTransaction()), "price", "99999999999999999")));
        Assert.Equal("99999999999999.999", payment.Money.ToString());
        Assert.Null(Given.Paid(JudgeSigned(Given.With(Given.AppStore.Payload(Given.AppleTransaction()), "price", "100000000000000000"))).Money);
    }

    [Fact]
    public void Ambiguous_deep_and_foreign_payload_is_refused_though_it_is_signed()
    {
        var payload = Given.AppStore.Payload(Given.AppleTransaction());
        string[] corpus =
        [
            payload[..^1] + ",\"productId\":\"gold_1000\"}",
            payload[..^1] + ",\"product\\u0049d\":\"gold_1000\"}",
            payload[..^1] + ",\"deep\":" + new string('[', 64) + new string(']', 64) + "}",
            payload[..^1] + ",\"deep\":" + string.Concat(Enumerable.Repeat("{\"a\":", 3000)) + "1" + new string('}', 3001),
            payload[..^1] + ",\"\\ud800\":1}",
            payload + payload, payload + "x", "\ufeff\ufeff" + payload, "[" + payload + "]", "null", "1", "\"x\"", " ", "{", "\0",
        ];
        foreach (var hostile in corpus)
        {
            Given.Rejected(JudgeSigned(hostile));
        }
        Given.Paid(JudgeSigned("\ufeff" + payload));
    }

    [Fact]
    public void Odd_headers_are_refused_though_they_are_signed()
    {
        var payload = Given.AppStore.Payload(Given.AppleTransaction());
        var header = HeaderText();
        var x5c = Given.Json(header).GetProperty("x5c").EnumerateArray().Select(element => element.GetString()!).ToArray();
        List<string> corpus =
        [
            "", "{}", "[]", "null", "\"ES256\"", "{\"alg\":\"ES256\"}", Given.With(header, "x5c", $"\"{x5c[0]}\""), header[..^1] + ",\"alg\":\"none\"}",
            header[..^1] + ",\"\\udc00\":1}", header[..^1] + ",\"deep\":" + new string('[', 64) + new string(']', 64) + "}",
            Given.With(header, "alg", "\"es256\""), Given.With(header, "alg", "\"ES256 \""),
            Given.With(header, "alg", "\"none\""), Given.With(header, "alg", "\"RS256\""),
            Given.With(header, "crit", "[]"), Given.With(header, "crit", "null"),
        ];
        corpus.AddRange(Given.Values.Select(value => Given.With(header, "alg", value)));
        corpus.AddRange(Given.Values.Select(value => Given.With(header, "x5c", value)));
        for (var i = 0; i < 3; i++)
        {
            corpus.AddRange(Given.Values.Select(value => X5c(header, x5c, i, value)));
            var der = Convert.FromBase64String(x5c[i]);
            var pem = "-----BEGIN CERTIFICATE-----\n" + x5c[i] + "\n-----END CERTIFICATE-----\n";
            string[] odd =
            [
                x5c[i] + "\\n", " " + x5c[i], x5c[i].TrimEnd('=') + "====", Base64Url.EncodeToString(der) + "_",
                Convert.ToBase64String([.. der, 0]), Convert.ToBase64String(der[..^1]), Convert.ToBase64String(der[..20]),
                Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)), pem.Replace("\n", "\\n", StringComparison.Ordinal),
            ];
            corpus.AddRange(odd.Select(text => X5c(header, x5c, i, $"\"{text}\"")));
        }
        var app = Given.App(("apple", Given.AppStore.Settings(Given.Package)));
        foreach (var hostile in corpus)
        {
            var verdict = Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(Given.AppStore.SignRaw(hostile, payload)));
            Assert.True(verdict is Verdict.Rejected, hostile);
        }
        Given.Paid(Given.Judge(Channel, app, Given.Order(), AppStore.Receipt(Given.AppStore.SignRaw(header, payload))));
    }

    [Fact]
    public void Every_changed_certificate_byte_is_refused_though_the_jws_is_signed()
    {
        var payload = Given.AppStore.Payload(Given.AppleTransaction());
        var header = HeaderText();
        var x5c = Given.Json(header).GetProperty("x5c").EnumerateArray().Select(element => element.GetString()!).ToArray();
        for (var i = 0; i < 2; i++)
        {
            var der = Convert.FromBase64String(x5c[i]);
            for (var at = 0; at < der.Length; at++)
            {
                der[at] ^= 0x10;
                var jws = Given.AppStore.SignRaw(X5c(header, x5c, i, $"\"{Convert.ToBase64String(der)}\""), payload);
                Assert.False(JudgeJws(jws) is Verdict.Paid, $"certificate {i}, byte {at}");
                der[at] ^= 0x10;
            }
        }
    }

    [Fact]
    public void Odd_jws_texts_are_refused()
    {
        string[] corpus =
        [
            ".", "..", "...", "a.b.c", "e30.e30.e30", "e30..", ".e30.", "e30.e30.", "AAAA.AAAA.AAAA", "{}.{}.{}",
            "\u0000.\u0000.\u0000", "ａ.ｂ.ｃ", "\ud83d\ude00.a.b",
            new string('.', 100_000), new string('A', 100_000),
            new string('A', 30_000) + "." + new string('A', 30_000) + "." + new string('A', 10_000),
            string.Join('.', Enumerable.Repeat("AAAA", 10_000)),
        ];
        foreach (var hostile in corpus)
        {
            Given.Rejected(JudgeJws(hostile));
            Given.Rejected(Given.Judge(Channel, Given.AppleApp, Given.Order(), AppStore.Receipt(hostile, AppleShape.Unity)));
        }
    }

    [Fact]
    public void Jws_is_bounded()
    {
        var payload = Given.AppStore.Payload(Given.AppleTransaction());
        Given.Paid(JudgeSigned(payload[..^1] + ",\"pad\":\"" + new string('x', 40_000) + "\"}"));
        Given.Rejected(JudgeSigned(payload[..^1] + ",\"pad\":\"" + new string('x', 48_000) + "\"}"));
    }

    [Fact]
    public void Outer_object_of_odd_types_is_refused()
    {
        foreach (var value in Given.Values)
        {
            string[] texts =
            [
                $"{{\"signedTransaction\":{value}}}", $"{{\"Store\":\"AppleAppStore\",\"Payload\":{value}}}", $"{{\"transactionId\":{value}}}",
            ];
            foreach (var text in texts)
            {
                Assert.False(Given.Judge(Channel, Given.AppleApp, Given.Order(), Encoding.UTF8.GetBytes(text)) is Verdict.Paid, text);
            }
        }
    }

    private static string X5c(string header, string[] x5c, int index, string value)
    {
        var items = x5c.Select((text, i) => i == index ? value : $"\"{text}\"");
        return Given.With(header, "x5c", "[" + string.Join(',', items) + "]");
    }

    private static string HeaderText()
    {
        var jws = Given.AppStore.Sign(Given.AppleTransaction());
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(jws.AsSpan(0, jws.IndexOf('.', StringComparison.Ordinal))));
    }

    private static Verdict JudgeSigned(string payload) => JudgeJws(Given.AppStore.SignPayload(payload));

    private static Verdict JudgeJws(string jws, App? app = null) => Given.Judge(Channel, app ?? Given.AppleApp, Given.Order(), AppStore.Receipt(jws));
}
