using System.Text;
using OrderCenter.Channels.Google;
using OrderCenter.Payments;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>Receipts made to mislead or to break the Google channel: none is paid, none throws.</summary>
public sealed class GoogleHostileTests
{
    private static readonly GoogleChannel Channel = Given.NewGoogle();

    [Fact]
    public void Every_single_bit_flip_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Given.GooglePlay.Purchase(Given.GooglePurchase()));
        Assert.IsType<Verdict.Paid>(Given.Judge(Channel, Given.GoogleApp, Given.Order(), bytes));
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                bytes[i] ^= (byte)bit;
                Assert.False(Given.Judge(Channel, Given.GoogleApp, Given.Order(), bytes) is Verdict.Paid, $"byte {i}, bit {bit}");
                bytes[i] ^= (byte)bit;
            }
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Given.GooglePlay.Purchase(Given.GooglePurchase()));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(Given.Judge(Channel, Given.GoogleApp, Given.Order(), bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Truncated_data_is_refused_though_it_is_signed()
    {
        var data = Given.GooglePlay.Data(Given.GooglePurchase());
        for (var length = 0; length < data.Length; length += 7)
        {
            Given.Rejected(JudgeSigned(data[..length]));
        }
    }

    [Theory]
    [InlineData("packageName")]
    [InlineData("productId")]
    [InlineData("purchaseToken")]
    [InlineData("orderId")]
    [InlineData("purchaseTime")]
    [InlineData("purchaseState")]
    [InlineData("quantity")]
    [InlineData("obfuscatedAccountId")]
    public void Wrong_values_in_a_signed_field_are_refused_or_held(string field)
    {
        // What each field may hold besides what the store wrote into it: absent or empty player and number, the state 0, a quantity or time.
        string[] harmless = field switch
        {
            "purchaseToken" => ["\"1\"", "\" \"", "\"\\u0000\"", "\"\ud83d\ude00\""],
            // Nothing depends on these: what cannot be read there is absent. Only what is too deep to be parsed refuses.
            "orderId" or "purchaseTime" => Given.Values[..^1],
            "purchaseState" => ["null", "\"\"", "0", "-0.0"],
            "quantity" => ["null", "\"\"", "1", "1.0", "1e0"],
            "obfuscatedAccountId" => ["null", "\"\""],
            _ => [],
        };
        foreach (var value in Given.Values)
        {
            var verdict = JudgeSigned(Given.With(Given.GooglePlay.Data(Given.GooglePurchase()), field, value));
            Assert.True(harmless.Contains(value) == verdict is Verdict.Paid, $"{field} = {value}: {verdict}");
        }
    }

    [Theory]
    [InlineData("packageName")]
    [InlineData("productId")]
    [InlineData("purchaseToken")]
    public void Signed_data_without_a_needed_field_is_refused(string field)
    {
        var data = Given.Without(Given.GooglePlay.Data(Given.GooglePurchase()), field);
        Assert.Contains($"{field} is missing", Given.Rejected(JudgeSigned(data)), StringComparison.Ordinal);
    }

    [Fact]
    public void Purchase_token_is_bounded()
    {
        var longest = new string('t', 2048);
        Given.Paid(JudgeSigned(Given.With(Given.GooglePlay.Data(Given.GooglePurchase()), "purchaseToken", $"\"{longest}\"")));
        Given.Rejected(JudgeSigned(Given.With(Given.GooglePlay.Data(Given.GooglePurchase()), "purchaseToken", $"\"{longest}t\"")));
    }

    [Fact]
    public void Ambiguous_deep_and_foreign_data_is_refused_though_it_is_signed()
    {
        var data = Given.GooglePlay.Data(Given.GooglePurchase());
        string[] corpus =
        [
            data[..^1] + ",\"productId\":\"gold_1000\"}",
            data[..^1] + ",\"product\\u0049d\":\"gold_1000\"}",
            data[..^1] + ",\"deep\":" + new string('[', 64) + new string(']', 64) + "}",
            data[..^1] + ",\"deep\":" + string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5001),
            data[..^1] + ",\"\\ud800\":1}",
            data + data, data + "x", "\ufeff\ufeff" + data, "[" + data + "]", "\"" + "x\"", "null", "1", "", " ", "{", "\0",
        ];
        foreach (var hostile in corpus)
        {
            Given.Rejected(JudgeSigned(hostile));
        }
        Given.Paid(JudgeSigned("\ufeff" + data));
    }

    [Fact]
    public void Signature_has_one_spelling_only()
    {
        var data = Given.GooglePlay.Data(Given.GooglePurchase());
        var signature = Given.GooglePlay.Sign(data);
        Given.Paid(JudgePair(data, signature));
        string[] corpus =
        [
            signature + "\n", " " + signature, signature.Insert(10, "\r\n"), signature.TrimEnd('='), signature + "=", signature + "AA==", signature[..^4],
            signature.Replace('+', '-').Replace('/', '_').TrimEnd('='), "====", "A", "!!!!", "\u0000", new string('A', 4096), signature + "," + signature,
        ];
        foreach (var hostile in corpus)
        {
            Given.Rejected(JudgePair(data, hostile));
        }
        // The last character before the padding carries four bits that belong to no byte.
        foreach (var last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".Where(last => last != signature[^3]))
        {
            Given.Rejected(JudgePair(data, signature[..^3] + last + "=="));
        }
    }

    [Fact]
    public void Signature_beyond_the_modulus_is_refused() =>
        Given.Rejected(JudgePair(Given.GooglePlay.Data(Given.GooglePurchase()), Convert.ToBase64String(Enumerable.Repeat((byte)0xFF, 256).ToArray())));

    [Fact]
    public void Outer_object_of_odd_types_is_refused()
    {
        var good = Given.GooglePlay.Purchase(Given.GooglePurchase());
        foreach (var field in new[] { "json", "signature" })
        {
            foreach (var value in Given.Values)
            {
                var text = Encoding.UTF8.GetBytes(Given.With(good, field, value));
                Assert.False(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text) is Verdict.Paid, $"{field} = {value}");
            }
        }
        foreach (var value in Given.Values)
        {
            var text = Encoding.UTF8.GetBytes($"{{\"Store\":\"GooglePlay\",\"Payload\":{value}}}");
            Assert.False(Given.Judge(Channel, Given.GoogleApp, Given.Order(), text) is Verdict.Paid, value);
        }
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(GooglePlay.Receipt("{\"a\":\"~\"}", "~AAA"));
        foreach (var i in Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == (byte)'~').ToArray())
        {
            var changed = bytes.ToArray();
            changed[i] = 0xFF;
            Assert.False(Given.Judge(Channel, Given.GoogleApp, Given.Order(), changed) is Verdict.Paid);
        }
    }

    private static Verdict JudgeSigned(string data) => JudgePair(data, Given.GooglePlay.Sign(data));

    private static Verdict JudgePair(string data, string signature) =>
        Given.Judge(Channel, Given.GoogleApp, Given.Order(), GooglePlay.Receipt(data, signature));
}
