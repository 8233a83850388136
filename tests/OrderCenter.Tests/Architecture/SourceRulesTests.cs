using System.Text.RegularExpressions;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Architecture;

/// <summary>Rules for the sources that the compiler does not know: sizes, names, and what must not stand in them.</summary>
public sealed partial class SourceRulesTests
{
    private const int ColumnsMax = 140;
    private const int LinesMax = 300;
    private const int MedianLinesMax = 75;
    private const int FilesInFolderMax = 25;

    /// <summary>Folders that grow by what the world has: channels, protocols, calls of the API.</summary>
    private static readonly string[] s_open = ["Channels", "Protocols", "Api"];

    private static readonly string s_sources = Path.Combine(Repository.Root, "src", "OrderCenter");

    public static TheoryData<string> Sources() => [.. Files()];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_keeps_to_its_size_and_its_namespace_is_its_folder(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(s_sources, file));
        Assert.True(lines.Length <= LinesMax, $"{file} has {lines.Length} lines; allowed: {LinesMax}");
        var wide = Array.FindIndex(lines, line => line.Length > ColumnsMax);
        Assert.True(wide < 0, $"{file}:{wide + 1} has {(wide < 0 ? 0 : lines[wide].Length)} columns; allowed: {ColumnsMax}");
        var folder = Path.GetDirectoryName(file)!.Replace('/', '.').Replace('\\', '.');
        Assert.Contains($"namespace OrderCenter{(folder.Length == 0 ? "" : "." + folder)};", lines);
        var text = string.Join('\n', lines);
        Assert.DoesNotMatch("NotImplementedException|TODO|FIXME|HACK", text);
        Assert.DoesNotMatch("class \\w*(Manager|Helper|Utils?)\\b", text);
        Assert.DoesNotMatch("\"/(home|root|work|Users)/", text);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_file_is_named_after_its_main_type_and_hides_no_other_public_type(string file)
    {
        var text = File.ReadAllText(Path.Combine(s_sources, file));
        var types = TopLevelType().Matches(text).Select(type => (Name: type.Groups["name"].Value, IsPublic: type.Groups["access"].Value == "public")).ToList();
        var name = Path.GetFileNameWithoutExtension(file).Split('.')[0];
        Assert.Contains(types, type => type.Name == name);
        Assert.All(types, type => Assert.True(!type.IsPublic || type.Name == name, $"{file} holds the public type {type.Name} too: it has a file of its own"));
    }

    [Fact]
    public void Half_of_the_files_are_short_and_no_folder_is_crowded()
    {
        var lengths = Files().Select(file => File.ReadLines(Path.Combine(s_sources, file)).Count()).Order().ToList();
        Assert.True(lengths[lengths.Count / 2] <= MedianLinesMax, $"the median file has {lengths[lengths.Count / 2]} lines; allowed: {MedianLinesMax}");
        Assert.All(
            Files().GroupBy(file => Path.GetDirectoryName(file)!.Replace('\\', '/')).Where(folder => !s_open.Contains(folder.Key.Split('/')[0])),
            folder => Assert.True(folder.Count() <= FilesInFolderMax, $"{folder.Key} has {folder.Count()} files; allowed: {FilesInFolderMax}"));
    }

    /// <summary>Database drivers, ASP.NET Core and HTTP clients are used where the table of docs/architecture.md puts them.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Drivers_and_the_web_stay_in_their_folders(string file)
    {
        var folder = file.Split('/')[0];
        var text = File.ReadAllText(Path.Combine(s_sources, file));
        if (folder != "Persistence")
        {
            Assert.DoesNotMatch("using (Npgsql|Microsoft\\.Data\\.Sqlite|SQLitePCL)", text);
        }
        if (folder is not ("Protocols" or "Api" or "Hosting" or "Program.cs"))
        {
            Assert.DoesNotMatch("using Microsoft\\.AspNetCore|HttpContext", text);
        }
        if (folder is not ("Callbacks" or "Channels" or "Hosting"))
        {
            Assert.DoesNotMatch("new HttpClient|IHttpClientFactory", text);
        }
    }

    /// <summary>A compare-and-set over rows that a first part of the statement chose says the state again as a sum: a planner that sees it plain may take the
    /// partial index of that state for the outer part too, and walk all of it.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void A_state_that_is_repeated_outside_the_selection_gives_the_planner_no_index(string file)
    {
        var text = File.ReadAllText(Path.Combine(s_sources, file));
        Assert.DoesNotMatch("FROM due\\) AND \\w+ (=|<|IN)", text);
        Assert.DoesNotMatch("FROM due\\)[^\"]* AND (status|state|pay_state|progress|due_ms) (=|<|IN)", text);
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(s_sources, "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(s_sources, path).Replace('\\', '/'))
        .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^(?<access>public|internal|file) (?:static |sealed |abstract |readonly |unsafe |partial |ref )*(?:class|record struct|record|interface|struct|enum|delegate [\w<>?\[\]., ]+?) (?<name>\w+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
