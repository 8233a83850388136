using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Persistence.Tables;
using OrderCenter.Protocols.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §2, "Sign": the public vectors, and PHP's own reading of what we send.</summary>
public sealed class SigningTests
{
    private const int Sets = 300;

    public static TheoryData<string> Vectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "signatures.json")));
        return [.. document.RootElement.EnumerateArray().Where(vector => vector.GetProperty("protocol").GetString() == "H5Sdk").Select(vector => vector.GetRawText())];
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_public_vectors_pass(string vector)
    {
        using var document = JsonDocument.Parse(vector);
        var fields = document.RootElement.GetProperty("params").EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)).ToList();
        var (secret, sign) = (document.RootElement.GetProperty("secret").GetString()!, document.RootElement.GetProperty("sign").GetString()!);
        Assert.Equal(sign, H5SdkSigning.Sign(Set(fields), new Secret(secret)));
        Assert.True(H5SdkSigning.IsSigned(Set([.. fields, ("sign", sign.ToUpperInvariant()), ("data", "takes no part")]), AppWith(secret), nowMs: 0));
        Assert.False(H5SdkSigning.IsSigned(Set([.. fields, ("sign", sign)]), AppWith("another secret"), nowMs: 0));
        Assert.False(H5SdkSigning.IsSigned(Set([.. fields, ("sign", sign), ("more", "")]), AppWith(secret), nowMs: 0));
    }

    [Fact]
    public void The_source_example_is_the_text_that_is_signed()
    {
        var set = Set([("payWay", "1"), ("tradeNo", "1001"), ("openId", "adb"), ("notifyUrl", "http://x.xx.com"), ("ext", "1"), ("codeNo", "100"), ("amount", "1.0")]);
        Assert.Equal("amount=1.0&codeNo=100&ext=1&notifyUrl=http://x.xx.com&openId=adb&payWay=1&tradeNo=1001", Encoding.UTF8.GetString(H5SdkSigning.Canonical(set)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0")]
    public void What_is_no_digest_of_it_signs_nothing(string? sign)
    {
        (string, string)[] fields = [("a", "1")];
        Assert.False(H5SdkSigning.IsSigned(Set(sign is null ? fields : [.. fields, ("sign", sign)]), AppWith("k"), nowMs: 0));
    }

    [Fact]
    public void The_newest_secret_and_any_that_has_not_expired_verify()
    {
        var app = AppWith("new") with { Secrets = [new AppSecret(new Secret("new"), 0, null), new AppSecret(new Secret("old"), 0, 1000)] };
        Assert.True(H5SdkSigning.IsSigned(Set([("a", "1"), ("sign", Md5Digest.Of("a=1"u8, "new"))]), app, 1000));
        Assert.True(H5SdkSigning.IsSigned(Set([("a", "1"), ("sign", Md5Digest.Of("a=1"u8, "old"))]), app, 999));
        Assert.False(H5SdkSigning.IsSigned(Set([("a", "1"), ("sign", Md5Digest.Of("a=1"u8, "old"))]), app, 1000));
        Assert.False(H5SdkSigning.IsSigned(Set([("a", "1"), ("sign", Md5Digest.Of("a=1"u8, ""))]), app with { Secrets = [] }, 0));
    }

    [Theory]
    [InlineData(CallbackFormat.Form, "parse_str($body, $fields);")]
    [InlineData(CallbackFormat.Json, "$fields = json_decode($body, true, 512, JSON_THROW_ON_ERROR);")]
    public async Task Php_reads_every_random_callback_and_signs_it_as_we_do(CallbackFormat format, string read)
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var orders = Enumerable.Range(0, Sets).Select(_ => RandomOrder(random)).ToList();
        var secrets = orders.Select(_ => Text(random, 16, "abc012钥🔑&=") + "k").ToList();
        var bodies = orders.Zip(secrets, (order, secret) => new[] { Encoding.UTF8.GetString(Encode(order, format, secret)), secret }).ToList();
        var script = $$"""
            foreach (json_decode(stream_get_contents(STDIN), true) as [$body, $secret]) {
                {{read}}
                $names = implode(',', array_keys($fields));
                $sign = $fields['sign'];
                unset($fields['sign'], $fields['data']);
                ksort($fields);
                $text = implode('&', array_map(fn($name) => $name . '=' . $fields[$name], array_keys($fields)));
                echo json_encode([$names, md5($text . $secret) === $sign, $fields['ext'], $fields['codeNo'], $fields['amount']]), "\n";
            }
            """;
        var lines = (await OtherImplementation.PhpAsync(script, JsonSerializer.Serialize(bodies))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Sets, lines.Length);
        foreach (var (order, line) in orders.Zip(lines))
        {
            Assert.Equal(
                ("codeNo,tradeNo,openId,amount,ext,notifyUrl,payWay,sign", true, order.Attribute("ext"), order.MerchantOrderId, order.Money.ToStringWithDecimal()),
                JsonDocument.Parse(line).RootElement is var php ? (php[0].GetString(), php[1].GetBoolean(), php[2].GetString(), php[3].GetString(), php[4].GetString()) : default);
        }
    }

    private static byte[] Encode(Order order, CallbackFormat format, string secret) =>
        ((ICallbackProtocol)new H5SdkProtocol()).Encode(Given.App(format), new OrderRow(order, payment: null), CallbackTests.Callback, new Secret(secret)).Bytes;

    private static Order RandomOrder(Random random) => Given.Order(
        ext: Text(random, 40, "aZ09 +&=%/\\\"'<>元宝😀\u00a0\u3000\u2028\u007f\n\t\r\u0001;[]."), codeNo: Text(random, 20, "aZ09-_ +&=%元") + "1",
        money: new Money(random.NextInt64(1, 10_000_000_000)).ToString(), payWay: random.Next(1, 4).ToString());

    private static string Text(Random random, int most, string alphabet)
    {
        var runes = alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }

    private static ParameterSet Set(IEnumerable<(string Name, string Value)> fields)
    {
        var set = new ParameterSet();
        foreach (var (name, value) in fields)
        {
            Assert.True(set.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out _));
        }
        return set;
    }

    private static App AppWith(string secret) => Given.App() with { Secrets = [new AppSecret(new Secret(secret), 0, null)] };
}
