using System.Text.RegularExpressions;

namespace OrderCenter.Tests.Tidy;

/// <summary>The house's walls: which room may import which, and the few rules that a compiler does not know.</summary>
public sealed partial class HouseTests
{
    private static readonly string Root = FindRoot();

    /// <summary>docs/architecture.md, "Allowed imports". A room may always use itself.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Wire"] = [],
        ["Store"] = ["Model"],
        ["Payments"] = ["Model"],
        ["Callbacks"] = ["Model", "Store"],
        ["Orders"] = ["Model", "Store", "Payments"],
        ["Accounts"] = ["Model", "Store"],
        ["Cards"] = ["Model", "Store"],
        ["Statements"] = ["Model", "Store", "Orders"],
        ["Changes"] = ["Model", "Store"],
        ["Protocols"] = ["Model", "Wire", "Store", "Payments", "Orders", "Accounts", "Cards", "Callbacks"],
        ["Channels"] = ["Model", "Wire", "Payments", "Orders", "Accounts"],
        ["Api"] = ["Model", "Store", "Payments", "Orders", "Callbacks", "Accounts", "Cards", "Statements", "Changes"],
    };

    public static TheoryData<string> Sources() => [.. Directory.EnumerateFiles(Path.Combine(Root, "src", "OrderCenter"), "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Path.Combine(Root, "src", "OrderCenter"), path).Replace('\\', '/'))
        .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_room_imports_only_what_it_may(string file)
    {
        var room = file.Split('/')[0];
        if (!Allowed.TryGetValue(room, out var allowed))
        {
            Assert.True(room is "Hosting" or "Program.cs", $"{file}: the room {room} is not in the house's plan");
            return;
        }
        var text = Text(file);
        foreach (Match use in RoomUse().Matches(text))
        {
            var used = use.Groups["room"].Value;
            Assert.True(used == room || allowed.Contains(used) || !Allowed.ContainsKey(used) && used != "Hosting", $"{file} uses {used}; {room} may use {string.Join(", ", allowed)}");
        }
        foreach (Match use in InnerUse().Matches(text))
        {
            var (outer, inner) = (use.Groups["outer"].Value, use.Groups["inner"].Value);
            Assert.True(room != outer || file.Split('/')[1] == inner || !Directory.Exists(Path.Combine(Root, "src", "OrderCenter", outer, inner)), $"{file} uses its neighbour {outer}.{inner}");
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Databases_stay_in_Store_and_web_and_http_where_they_belong(string file)
    {
        var room = file.Split('/')[0];
        var text = Text(file);
        if (room != "Store")
        {
            Assert.DoesNotMatch("using (Npgsql|Microsoft\\.Data\\.Sqlite|SQLitePCL)", text);
        }
        if (room is not ("Protocols" or "Channels" or "Api" or "Hosting" or "Program.cs"))
        {
            Assert.DoesNotMatch("using Microsoft\\.AspNetCore|HttpContext", text);
        }
        if (room is not ("Callbacks" or "Channels" or "Hosting"))
        {
            Assert.DoesNotMatch("new HttpClient|IHttpClientFactory", text);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_is_one_room_and_its_namespace_is_its_folder(string file)
    {
        var text = Text(file);
        Assert.True(text.Split('\n').Length <= 420, $"{file} has {text.Split('\n').Length} lines: is it really one room?");
        var folder = Path.GetDirectoryName(file)!.Replace('/', '.').Replace('\\', '.');
        Assert.Contains($"namespace OrderCenter{(folder.Length == 0 ? "" : "." + folder)};", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("NotImplementedException|TODO|FIXME|HACK", text);
        Assert.DoesNotMatch("class \\w*(Manager|Helper|Utils?)\\b", text);
    }

    /// <summary>A compare-and-set over rows that a first part of the statement chose says the state again as a sum: a planner that sees it plain may take the partial
    /// index of that state for the outer part too, and walk all of it.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void A_state_that_is_said_again_is_no_way_in(string file)
    {
        Assert.DoesNotMatch("FROM due\\) AND \\w+ (=|<|IN)", Text(file));
        Assert.DoesNotMatch("FROM due\\)[^\"]* AND (status|state|pay_state|progress|due_ms) (=|<|IN)", Text(file));
    }

    [Fact]
    public void No_path_of_one_machine_stands_in_the_sources()
    {
        foreach (var file in Sources().Select(row => row.Data))
        {
            Assert.DoesNotMatch("\"/(home|root|work|Users)/", Text(file));
        }
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Root, "src", "OrderCenter", file));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "OrderCenter.slnx")))
        {
            directory = directory.Parent;
        }
        return directory.FullName;
    }

    [GeneratedRegex("using (static )?OrderCenter\\.(?<room>\\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex RoomUse();

    [GeneratedRegex("using OrderCenter\\.(?<outer>Protocols|Channels)\\.(?<inner>\\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex InnerUse();
}
