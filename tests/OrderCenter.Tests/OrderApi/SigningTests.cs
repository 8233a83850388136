using System.Text;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Protocols.OrderApi;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>protocols.md §1, "Sign": the public vectors, and another implementation that must agree.</summary>
public sealed class SigningTests
{
    private const int Sets = 400;

    public static TheoryData<string> Vectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "signatures.json")));
        return [.. document.RootElement.EnumerateArray().Where(vector => vector.GetProperty("protocol").GetString() == "OrderApi").Select(vector => vector.GetRawText())];
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_public_vectors_pass(string vector)
    {
        using var document = JsonDocument.Parse(vector);
        var parameters = document.RootElement.GetProperty("params").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);
        var withoutReceipt = parameters.ContainsKey("payreturndata");
        var sign = document.RootElement.GetProperty("sign").GetString()!;
        Assert.True(IsSigned(parameters, sign, document.RootElement.GetProperty("secret").GetString()!, withoutReceipt));
        Assert.False(IsSigned(parameters, sign, "another secret", withoutReceipt));
    }

    [Fact]
    public void A_number_in_json_is_signed_by_its_text()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "more.json")));
        var vector = document.RootElement.EnumerateArray().Single(entry => entry.TryGetProperty("signed_string", out _));
        var parameters = new ParameterSet();
        Assert.True(parameters.TryAddJson(Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!), out _));
        Assert.Equal(vector.GetProperty("signed_string").GetString(), Encoding.UTF8.GetString(OrderApiSigning.Canonical(parameters, withoutReceipt: false)) + vector.GetProperty("secret").GetString());
        Assert.True(OrderApiSigning.IsSigned(parameters, AppWith(vector.GetProperty("secret").GetString()!), withoutReceipt: false, nowMs: 0));
    }

    [Fact]
    public async Task Php_signs_every_random_parameter_set_as_we_do()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        var sets = Enumerable.Range(0, Sets).Select(_ => RandomSet(random)).ToList();
        const string Script = """
            foreach (json_decode(stream_get_contents(STDIN), true) as [$request, $secret]) {
                unset($request['sign']);
                ksort($request);
                $text = '';
                foreach ($request as $name => $value) { $text .= $name . '=' . $value . '&'; }
                echo md5($text . $secret), "\n";
            }
            """;
        var signs = (await OtherImplementation.PhpAsync(Script, JsonSerializer.Serialize(sets.Select(set => new object[] { set.Parameters, set.Secret })))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Sets, signs.Length);
        foreach (var (set, sign) in sets.Zip(signs))
        {
            Assert.True(IsSigned(set.Parameters, sign, set.Secret, withoutReceipt: false), $"seed {Seed}: {JsonSerializer.Serialize(set.Parameters)} with {set.Secret}: PHP says {sign}");
        }
    }

    [Fact]
    public void The_newest_secret_and_any_that_has_not_expired_verify()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1" };
        var app = AppWith("new") with { Secrets = [new AppSecret(new Secret("new"), 0, null), new AppSecret(new Secret("old"), 0, 1000)] };
        Assert.True(OrderApiSigning.IsSigned(Set(parameters, Md5Digest.Of("a=1&"u8, "new")), app, false, 999));
        Assert.True(OrderApiSigning.IsSigned(Set(parameters, Md5Digest.Of("a=1&"u8, "old")), app, false, 999));
        Assert.False(OrderApiSigning.IsSigned(Set(parameters, Md5Digest.Of("a=1&"u8, "old")), app, false, 1000));
        Assert.False(OrderApiSigning.IsSigned(Set(parameters, Md5Digest.Of("a=1&"u8, "")), app with { Secrets = [] }, false, 0));
    }

    /// <summary>Names begin with a letter: a name that is only digits does not occur, and PHP would sort it as a number.</summary>
    private static (Dictionary<string, string> Parameters, string Secret) RandomSet(Random random)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = random.Next(1, 25); i > 0; i--)
        {
            parameters[(char)('A' + random.Next(26)) + Text(random, 6, "abcXYZ_-.09")] = Text(random, 20, "aZ09 +&=%/\\\"'<>元宝😀\u00a0\u3000\u2028\n\t");
        }
        parameters["sign"] = "takes no part";
        return (parameters, Text(random, 16, "abc012钥🔑&=") + "k");
    }

    private static string Text(Random random, int most, string alphabet)
    {
        var runes = alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }

    private static bool IsSigned(Dictionary<string, string> parameters, string sign, string secret, bool withoutReceipt) =>
        OrderApiSigning.IsSigned(Set(parameters, sign), AppWith(secret), withoutReceipt, nowMs: 0);

    private static ParameterSet Set(Dictionary<string, string> parameters, string sign)
    {
        var set = new ParameterSet();
        foreach (var (name, value) in parameters.Where(pair => pair.Key != "sign").Append(new KeyValuePair<string, string>("sign", sign)))
        {
            Assert.True(set.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out _));
        }
        return set;
    }

    private static App AppWith(string secret) => new() { GameId = 1, Name = "n", Protocol = "OrderApi", Secrets = [new AppSecret(new Secret(secret), 0, null)] };
}
