using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Architecture;

/// <summary>Which folder may use which: the table of docs/architecture.md, checked over the compiled assembly, so that qualified names count as well as usings.</summary>
public sealed partial class ImportTests
{
    private const string Root = "OrderCenter";

    /// <summary>The folders of the sources that may use everything, and that nothing may use.</summary>
    private const string Composition = "Hosting";

    /// <summary>Folders whose subfolders do not know each other; what they share lies in the folder itself or in <c>Shared</c>.</summary>
    private static readonly string[] s_plugins = ["Channels", "Protocols"];

    private static readonly ArchUnitNET.Domain.Architecture s_assembly = new ArchLoader().LoadAssembly(typeof(Program).Assembly).Build();

    /// <summary>Folder to what it may use, as the document says.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = ReadTable();

    [Fact]
    public void A_folder_uses_only_what_the_table_allows()
    {
        var faults = Uses()
            .Where(use => use.From.Folder != use.To.Folder && use.From.Folder != Composition)
            .Where(use => !s_allowed[use.From.Folder].Contains(use.To.Folder))
            .Select(use => $"{use.From.Type} uses {use.To.Type}: {use.From.Folder} may use {string.Join(", ", s_allowed[use.From.Folder])}")
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void A_channel_or_protocol_uses_no_other_one()
    {
        var faults = Uses()
            .Where(use => use.From.Folder == use.To.Folder && s_plugins.Contains(use.From.Folder))
            .Where(use => use.To.Inner is not (null or "Shared") && use.From.Inner != use.To.Inner)
            .Select(use => $"{use.From.Type} uses {use.To.Type}").Distinct(StringComparer.Ordinal).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_folder_is_in_the_table()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", Root))
            .Where(path => Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Any()).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj"));
        Assert.Equal(folders.Order(StringComparer.Ordinal), s_allowed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_test_sees_what_stands_inside_asynchronous_methods() =>
        Assert.Contains(Uses(), use => use.From.Type.EndsWith(".OrderApiEndpoints", StringComparison.Ordinal) && use.To.Folder == "Orders");

    private static IEnumerable<(Place From, Place To)> Uses() =>
        from type in s_assembly.Types
        let place = PlaceOf(type)
        where place is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter
        let target = PlaceOf(dependency.Target)
        where target is not null
        select (place.Value, target.Value);

    /// <summary>Null: not of this assembly's folders.</summary>
    private static Place? PlaceOf(IType type)
    {
        var parts = (type.Namespace?.FullName ?? "").Split('.');
        return parts is [Root, var folder, ..] && s_allowed.ContainsKey(folder) ? new Place(folder, parts.Length > 2 ? parts[2] : null, type.FullName) : null;
    }

    private static Dictionary<string, string[]> ReadTable()
    {
        var all = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "architecture.md")).Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups["folder"].Value, row => row.Groups["uses"].Value, StringComparer.Ordinal);
        return all.ToDictionary(
            row => row.Key,
            row => row.Value.StartsWith("all", StringComparison.Ordinal)
                ? [.. all.Keys.Where(folder => folder != Composition && !row.Value[3..].Contains(folder, StringComparison.Ordinal))]
                : row.Value.Split(',', StringSplitOptions.TrimEntries),
            StringComparer.Ordinal);
    }

    /// <summary>Where a type stands.</summary>
    private readonly record struct Place(string Folder, string? Inner, string Type);

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \|[^|]*\| (?<uses>[^|]*) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
