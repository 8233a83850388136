using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Encodings;
using OrderCenter.Protocols;
using OrderCenter.Protocols.H5Sdk;
using OrderCenter.Protocols.OrderApi;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderApi;

/// <summary>protocols.md §1 and §2, "Reading": of all readings of one signed text that are accepted, each field of the protocol has the same value in all.</summary>
public sealed class SignedTextTests
{
    private static readonly string[] OrderApiFields =
    [
        "productid", "money", "currency", "gameid", "userID", "sign", "productname", "gamename", "orderID", "roleID", "roleName", "serverID", "serverName",
        "username", "roleLevel", "pay_channel", "packagename", "platorderid", "payreturndata", "time",
    ];

    private static readonly string[] H5SdkFields =
        ["gameId", "codeNo", "openId", "amount", "productId", "productName", "ext", "notifyUrl", "payWay", "sign", "tradeNo"];

    /// <summary>Names that no protocol knows: beside the fields, between them, and fields in another case.</summary>
    private static readonly string[] Others = ["A", "a", "foo", "f", "extra", "gameidx", "n", "nx", "oid", "order", "q", "serverid", "z", "zz", "GameId", "Ext", "data"];

    private static readonly Gen<int> Seeds = Gen.Choose(0, int.MaxValue);

    [Fact]
    public void No_cut_of_a_text_of_OrderApi_that_is_accepted_differs_in_a_field() => Prop.ForAll(
        Seeds.ToArbitrary(),
        seed => HaveOneReading(Text(seed, OrderApiFields, ["sign"]), OrderApiSigning.Text, OrderApiFields, "sign")).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void No_cut_of_a_text_of_valiorder_that_is_accepted_differs_in_a_field() => Prop.ForAll(
        Seeds.ToArbitrary(),
        seed => HaveOneReading(
            Text(seed, OrderApiFields, ["sign", "payreturndata"]), OrderApiSigning.Text, OrderApiFields, "sign", "payreturndata"))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary><c>openId</c> is always there: without it the request is refused whatever else it says.</summary>
    [Fact]
    public void No_cut_of_a_text_of_H5Sdk_that_is_accepted_differs_in_a_field() => Prop.ForAll(
        Seeds.ToArbitrary(),
        seed => HaveOneReading(
            Text(seed, H5SdkFields, ["sign", "data"]), H5SdkSigning.Text, H5SdkFields, "sign", "data"))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Theory]
    [InlineData("codeNo=C1&ext=srv=1")]
    [InlineData("ext=1&foo=2")]
    [InlineData("ext=1&foo=2&gameId=3")]
    [InlineData("notifyUrl=http://x/?a=1&oid=2&openId=3")]
    [InlineData("codeNo=C&extra=5&gameId=1")]
    [InlineData("A=1&amount=2")]
    [InlineData("ext=a&notifyUrl=http://evil/&openId=1")]
    public void A_text_with_several_readings_has_one_that_is_accepted(string text)
    {
        var readings = Cuts.Of(text).ToList();
        Assert.True(readings.Count > 1);
        Assert.Single(readings.Where(reading => IsAccepted(reading, H5SdkSigning.Text, strict: false, "sign", "data"))
            .Select(reading => Projection(reading, H5SdkFields, "sign", "data")).Distinct());
    }

    [Theory]
    [InlineData("ext", "a=1&b=2", true)]
    [InlineData("ext", "srv=1&zone=2", true)]
    [InlineData("ext", "&gameId", true)]
    [InlineData("ext", "&gameId=", false)]
    [InlineData("ext", "x&productId=1", false)]
    [InlineData("ext", "x&&productId=1", false)]
    [InlineData("ext", "x&tradeNo=1", false)]
    [InlineData("ext", "x&sign=1", false)]
    [InlineData("ext", "x&EXT=1", true)]
    [InlineData("ext", "x&flag=1", false)]
    [InlineData("notifyUrl", "http://x/?a=1&gameId=2&ext=3&productId=4&productName=5", true)]
    [InlineData("notifyUrl", "http://x/a&gameId=2", false)]
    [InlineData("notifyUrl", "http://x/a?b#c&gameId=2", false)]
    [InlineData("notifyUrl", "http://x/?a=1&openId=2", false)]
    [InlineData("notifyUrl", "http://x/?a=1&amount=2", false)]
    [InlineData("notifyUrl", "http://x/?a=1&tradeNo=2", false)]
    [InlineData("productName", "&=&==&", true)]
    [InlineData("other", "x&ext=1", false)]
    [InlineData("other", "x&unknown=1", true)]
    [InlineData("other=", "1", false)]
    [InlineData("other&more", "1", false)]
    public void A_value_is_refused_where_it_could_be_cut_and_nowhere_else(string name, string value, bool isAccepted)
    {
        List<(string, string)> parameters = [("amount", "1"), ("codeNo", "c"), ("gameId", "1"), ("openId", "o"), ("payWay", "1"), ("productId", "p")];
        parameters.Add((name, value));
        if (name != "notifyUrl")
        {
            parameters.Add(("notifyUrl", "http://x"));
        }
        Assert.Equal(isAccepted, IsAccepted(parameters, H5SdkSigning.Text, strict: false, "sign", "data"));
    }

    [Theory]
    [InlineData("a=1", false)]
    [InlineData("a&b", false)]
    [InlineData("a", true)]
    public void StrictValues_refuse_every_separator(string value, bool isAccepted)
    {
        Assert.Equal(isAccepted, IsAccepted([("username", value)], OrderApiSigning.Text, strict: true, "sign", "payreturndata"));
        Assert.True(IsAccepted([("payreturndata", value)], OrderApiSigning.Text, strict: true, "sign", "payreturndata"));
    }

    private static bool HaveOneReading(string text, SignedText judge, string[] fields, params string[] unsigned)
    {
        var accepted = Cuts.Of(text).Where(reading => !reading.Any(parameter => unsigned.Contains(parameter.Name)) && IsAccepted(reading, judge, strict: false, unsigned))
            .Select(reading => Projection(reading, fields, unsigned)).Distinct().ToList();
        return accepted.Count <= 1 ? true : throw new InvalidOperationException($"{text} is read as\n{string.Join('\n', accepted)}");
    }

    private static bool IsAccepted(IEnumerable<(string Name, string Value)> reading, SignedText judge, bool strict, params string[] unsigned)
    {
        var parameters = new ParameterSet();
        foreach (var (name, value) in reading)
        {
            if (!parameters.TryAdd(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), out _))
            {
                return false;
            }
        }
        var fields = new FieldReader(parameters);
        var isAccepted = judge.Check(parameters, fields, strict, unsigned);
        Assert.Equal(isAccepted, fields.Fault is null);
        return isAccepted;
    }

    private static string Projection(IEnumerable<(string Name, string Value)> reading, string[] fields, params string[] unsigned) =>
        string.Join(" | ", reading.Where(parameter => fields.Contains(parameter.Name) && !unsigned.Contains(parameter.Name)).Select(parameter => $"{parameter.Name}: {parameter.Value}"));

    /// <summary>A signed text out of fields, other names, and values that look like more of both.</summary>
    private static string Text(int seed, string[] fields, string[] unsigned)
    {
        var random = new Random(seed);
        var names = fields.Except(unsigned).Concat(Others.Except(unsigned)).ToArray();
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            parameters[Pick(random, random.Next(3) == 0 ? Others.Except(unsigned).ToArray() : names)] = "";
        }
        if (fields == H5SdkFields)
        {
            parameters["openId"] = "";
        }
        var separators = parameters.Count - 1;
        foreach (var name in parameters.Keys.ToList())
        {
            var value = name == "notifyUrl" && random.Next(2) == 0 ? "http://x/?q" : random.Next(10).ToString();
            for (var i = random.Next(3); i > 0 && separators < Cuts.SeparatorsMax - 3; i--)
            {
                var part = random.Next(6) switch
                {
                    0 => "=",
                    1 => "&",
                    2 => "&" + Pick(random, names),
                    _ => $"&{Pick(random, names)}={random.Next(10)}",
                };
                separators += part.Contains('&') ? 1 : 0;
                value += part;
            }
            parameters[name] = value;
        }
        return string.Join('&', parameters.Select(parameter => parameter.Key + "=" + parameter.Value));
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
