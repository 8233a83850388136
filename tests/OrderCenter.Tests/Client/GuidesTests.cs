using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using OrderCenter.Client;

namespace OrderCenter.Tests.Client;

/// <summary>What the guides show is so: every command is run and prints what stands below it, both languages show the same, and every link leads somewhere.</summary>
public sealed partial class GuidesTests
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(30);
    private static readonly string Guides = Path.Combine(Repository.Root, "docs", "guides");

    public static TheoryData<string> Names() => ["orderapi", "h5sdk", "ordercheck", "cardrecharge"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_prints_what_stands_below_it(string name)
    {
        var blocks = Blocks(name + ".md");
        Assert.True(blocks.Length >= 4 && blocks.Length % 2 == 0);
        foreach (var pair in blocks.Chunk(2))
        {
            Assert.Equal(("sh", "text"), (pair[0].Language, pair[1].Language));
            Assert.Equal(pair[1].Text, await BashAsync(pair[0].Text));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_languages_show_the_same(string name)
    {
        Assert.Equal(Blocks(name + ".md"), Blocks(name + ".zh-CN.md"));
        Assert.Equal(Marks(name + ".md"), Marks(name + ".zh-CN.md"));

        static string[] Marks(string file) => [.. Inline().Matches(Fence().Replace(Read(file), "")).Select(mark => mark.Value).Distinct().Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_link_leads_somewhere(string name)
    {
        foreach (var file in (string[])[name + ".md", name + ".zh-CN.md"])
        {
            foreach (Match link in Link().Matches(Read(file)))
            {
                var (path, anchor) = link.Groups["to"].Value.Split('#') is [var left, var right] ? (left, right) : (link.Groups["to"].Value, "");
                Assert.True(path.StartsWith("https://", StringComparison.Ordinal) || File.Exists(Path.Combine(Guides, path)), $"{file}: {path}");
                Assert.True(anchor.Length == 0 || Read(path).Contains($"\n## {anchor}\n", StringComparison.OrdinalIgnoreCase), $"{file}: {path}#{anchor}");
            }
        }
    }

    [Fact]
    public void The_answers_of_a_check_are_the_bytes_shown()
    {
        foreach (var hex in ((string[])["successful", "repeated"]).Select(message => Answer(message).Match(Read("ordercheck.md")).Groups["hex"].Value))
        {
            Assert.True(OrderCheckMap.TryRead(Convert.FromHexString(hex), out var members));
            Assert.Equal(("1763690000", ""), (members["timestamp"], members["data"]));
            Assert.Equal(members["msg"] == "successful" ? "0" : "2", members["code"]);
        }

        static Regex Answer(string message) => new($"`{message}` \\| granted [^`]*`(?<hex>[0-9a-f]+)`", RegexOptions.None, RunTime);
    }

    private static (string Language, string Text)[] Blocks(string file) =>
        [.. Fence().Matches(Read(file)).Select(block => (block.Groups["language"].Value, block.Groups["text"].Value))];

    private static string Read(string file) => File.ReadAllText(Path.Combine(Guides, file));

    private static async Task<string> BashAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("bash: not installed here");
        }
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(RunTime, TimeProvider.System);
        await process.WaitForExitAsync().WaitAsync(RunTime, TimeProvider.System);
        var fault = await errors;
        Assert.SkipWhen(Missing().IsMatch(fault), "not installed here: " + fault);
        Assert.True(process.ExitCode == 0, fault);
        return output;
    }

    [GeneratedRegex("^```(?<language>\\w+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    [GeneratedRegex("command not found|No such file or directory|No module named")]
    private static partial Regex Missing();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Inline();

    [GeneratedRegex("\\]\\((?<to>[^)]+)\\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
