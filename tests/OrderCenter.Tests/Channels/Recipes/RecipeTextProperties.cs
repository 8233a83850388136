using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Channels.Recipes;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>For every recipe that PUT accepts, one signed text reports one payment: it is taken apart in every other way that has the same signature. A failure prints
/// its seed.</summary>
public sealed class RecipeTextProperties
{
    private const string Key = "8f3a779ad04b4c51a0e21b7c";
    private const string OrderNumber = "10011554867699875662";
    private static readonly string[] Names = ["appId", "extra", "number", "order", "price", "state"];
    private static readonly string[] Separators = ["", "&", "=", "#", "&&", "=&", "&=", "#&#", "==", "&&&"];

    /// <summary>The accepted form of a text, and what the fields hold that others than the store may write.</summary>
    public sealed record Text(bool IsSorted, string Join, string Pair, bool SkipsEmpty, bool IsOverContents, string Extra, string Number, int[] Cuts)
    {
        public override string ToString() => $"sorted {IsSorted}, join '{Join}', pair '{Pair}', skip {SkipsEmpty}, contents {IsOverContents}, extra '{Extra}', number '{Number}', cuts {string.Join(',', Cuts)}";
    }

    [Fact]
    public void One_signed_text_never_reports_two_payments()
    {
        var (accepted, taken) = (0, 0);
        Prop.ForAll(Texts().ToArbitrary(), text =>
        {
            if (Open(text) is not { } channel)
            {
                return true;
            }
            accepted++;
            var signed = Write(text, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["appId"] = "77", ["extra"] = text.Extra, ["number"] = text.Number, ["order"] = OrderNumber, ["price"] = "6.5", ["state"] = "1",
            });
            var reports = new HashSet<string>(StringComparer.Ordinal);
            foreach (var fields in TakeApart(text, signed))
            {
                if (Write(text, fields) == signed && RecipeProperties.Read(channel, App(text), Body(text, fields, signed)) is { } report)
                {
                    reports.Add(report);
                }
            }
            taken += reports.Count;
            return reports.Count <= 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(6));
        Assert.True(accepted > 300 && taken > 100, $"{accepted} recipes were accepted, {taken} texts reported a payment: this proves nothing");
    }

    /// <summary>What was found: a separator that overlaps itself, so that a value could take a character of it.</summary>
    [Theory]
    [InlineData(false, "&&", "", "1", "&2")]
    [InlineData(false, "&&", "", "1&", "2")]
    [InlineData(true, "&&", "=", "1", "2&")]
    public void A_character_of_a_separator_never_moves_between_values(bool isSorted, string join, string pair, string extra, string number)
    {
        var text = new Text(isSorted, join, pair, SkipsEmpty: pair.Length > 0, IsOverContents: false, extra, number, [0, 1, 2, 3, 4, 5, 6, 7]);
        var channel = Open(text)!;
        var signed = Write(text, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["appId"] = "77", ["extra"] = extra, ["number"] = number, ["order"] = OrderNumber, ["price"] = "6.5", ["state"] = "1",
        });
        Assert.InRange(TakeApart(text, signed).Where(fields => Write(text, fields) == signed)
            .Select(fields => RecipeProperties.Read(channel, App(text), Body(text, fields, signed))).OfType<string>().Distinct().Count(), 0, 1);
    }

    private static Gen<Text> Texts() =>
        from isSorted in Gen.Elements(true, false)
        from between in Gen.Elements(Separators)
        from pair in Gen.Elements(Separators)
        from skips in Gen.Elements(true, false)
        from overContents in Gen.Elements(true, false)
        from extra in Pieces(between, pair).ListOf()
        from number in Pieces(between, pair).NonEmptyListOf()
        from cuts in Gen.Choose(0, 40).ListOf()
        select new Text(isSorted, between, pair, skips, overContents, string.Concat(extra), string.Concat(number), [.. cuts]);

    /// <summary>Digits, parts of separators, and what another field looks like.</summary>
    private static Gen<string> Pieces(string join, string pair) => Gen.Elements(
        "1", "2", "0", "a", join, pair, join.Length > 1 ? join[..1] : "1", join.Length > 1 ? join[1..] : "2", pair.Length > 1 ? pair[..1] : "1", join + "price" + pair, join + "order" + pair,
        "number" + pair, join + "state" + pair + "1", join + "appId" + pair + "77");

    /// <summary>The channel of the recipe; null: PUT refuses it.</summary>
    private static RecipeChannel? Open(Text text)
    {
        var channel = new RecipeChannel("my-store", Given.Http, Given.Clock);
        return channel.Faults(Given.Json(Settings(text))).Any() ? null : channel;
    }

    private static OrderCenter.Domain.App App(Text text) => Given.App(("my-store", Settings(text)));

    private static string Settings(Text text)
    {
        var recipe = RecipeSafetyTests.Good();
        var signature = recipe["signature"]!.AsObject();
        (signature["text"], signature["join"], signature["pair"], signature["empty"]) =
            (text.IsSorted ? "sorted" : "listed", text.Join, text.Pair, text.SkipsEmpty ? "skip" : "keep");
        if (!text.IsSorted)
        {
            signature["fields"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]);
        }
        if (text.IsOverContents)
        {
            (recipe["body"], recipe["contents"], signature["over"]) = ("json", "data", "contents");
        }
        return RecipeSafetyTests.Settings(recipe).ToJsonString();
    }

    private static byte[] Body(Text text, Dictionary<string, string> fields, string signed)
    {
        var digest = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(signed + "&key=" + Key)));
        if (!text.IsOverContents)
        {
            return Encoding.UTF8.GetBytes(string.Join('&', fields.Append(new("sign", digest)).Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")));
        }
        var data = new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value))));
        return Encoding.UTF8.GetBytes(new JsonObject { ["data"] = data, ["sign"] = digest }.ToJsonString());
    }

    /// <summary>The text as the documents of such stores say, written apart from the service.</summary>
    private static string Write(Text text, Dictionary<string, string> fields)
    {
        var order = text.IsSorted ? fields.Keys.Order(StringComparer.Ordinal) : Names.AsEnumerable();
        return string.Join(text.Join, order.Select(name => (Name: name, Value: fields.GetValueOrDefault(name, ""))).Where(field => !text.SkipsEmpty || field.Value.Length > 0)
            .Select(field => text.Pair.Length == 0 ? field.Value : field.Name + text.Pair + field.Value));
    }

    /// <summary>Ways to take a text apart: at its separators, also where they overlap, or where names stand.</summary>
    private static IEnumerable<Dictionary<string, string>> TakeApart(Text text, string signed)
    {
        var places = Enumerable.Range(0, signed.Length).Where(at => text.Join.Length == 0
            ? Names.Any(name => string.CompareOrdinal(signed, at, name + text.Pair, 0, name.Length + text.Pair.Length) == 0)
            : string.CompareOrdinal(signed, at, text.Join, 0, text.Join.Length) == 0).ToList();
        var ways = new List<IEnumerable<int>> { places, places.AsEnumerable().Reverse(), places.Where((_, i) => text.Cuts.Contains(i)) };
        ways.AddRange(places.SelectMany(left => new[] { places.Where(at => at != left), places.Where(at => at != left).Reverse() }));
        ways.AddRange(places.SelectMany(one => places.Select(two => places.Where(at => at != one && at != two))));
        foreach (var way in ways)
        {
            var chosen = new List<int>();
            foreach (var at in way)
            {
                if (chosen.TrueForAll(other => Math.Abs(other - at) >= Math.Max(1, text.Join.Length)))
                {
                    chosen.Add(at);
                }
            }
            chosen.Sort();
            var (parts, start) = (new List<string>(), 0);
            foreach (var at in chosen.Where(at => text.Join.Length > 0 || at > 0))
            {
                parts.Add(signed[start..at]);
                start = at + text.Join.Length;
            }
            parts.Add(signed[start..]);
            foreach (var isLastPair in text.Pair.Length > 0 ? new[] { false, true } : [false])
            {
                if (ReadFields(text, parts, isLastPair) is { } fields)
                {
                    yield return fields;
                }
            }
        }
    }

    private static Dictionary<string, string>? ReadFields(Text text, List<string> parts, bool isLastPair)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Count; i++)
        {
            var at = text.Pair.Length == 0 ? 0 : isLastPair ? parts[i].LastIndexOf(text.Pair, StringComparison.Ordinal) : parts[i].IndexOf(text.Pair, StringComparison.Ordinal);
            if (text.Pair.Length == 0 ? i >= Names.Length || !fields.TryAdd(Names[i], parts[i]) : at < 0 || !fields.TryAdd(parts[i][..at], parts[i][(at + text.Pair.Length)..]))
            {
                return null;
            }
        }
        return fields;
    }
}
