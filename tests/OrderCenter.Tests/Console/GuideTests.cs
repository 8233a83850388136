using System.Text.RegularExpressions;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Console;

/// <summary>The guide of the console: every link and picture is there, both languages have the same parts, and whoever reads the README finds it.</summary>
public sealed partial class GuideTests
{
    private const int PictureBytesMax = 150_000;
    private static readonly string[] s_files = ["docs/console.md", "docs/console.zh-CN.md"];

    [Fact]
    public void Every_link_leads_somewhere_and_every_picture_is_small()
    {
        foreach (var file in (string[])[.. s_files, "README.md", "README.zh-CN.md"])
        {
            foreach (var target in Link().Matches(Read(file)).Select(match => match.Groups["to"].Value).Where(to => !to.Contains("://", StringComparison.Ordinal)))
            {
                var path = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target.Split('#')[0]);
                Assert.True(target.StartsWith('#') || File.Exists(path) || Directory.Exists(path), $"{file}: {target}");
                Assert.True(!path.EndsWith(".png", StringComparison.Ordinal) || new FileInfo(path).Length <= PictureBytesMax, $"{target} is larger than {PictureBytesMax} bytes");
            }
        }
    }

    [Fact]
    public void Both_languages_have_the_same_parts()
    {
        var (english, chinese) = (Read(s_files[0]), Read(s_files[1]));
        Assert.Equal(Headings(english), Headings(chinese));
        Assert.Equal(Addresses(english), Addresses(chinese));

        // A picture of the Chinese console where there is one.
        Assert.Equal(Pictures(english).Count, Pictures(chinese).Count);
        Assert.All(Pictures(chinese), picture => Assert.Contains(picture.Replace(".zh-CN", "", StringComparison.Ordinal), Pictures(english)));

        static List<string> Headings(string text) => [.. Heading().Matches(text).Select(match => match.Value)];
        static List<string> Addresses(string text) => [.. Address().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal)];
        static List<string> Pictures(string text) => [.. Picture().Matches(text).Select(match => match.Groups["path"].Value)];
    }

    [Fact]
    public void Every_picture_is_in_the_guide_and_the_readme_leads_to_it()
    {
        var text = string.Concat(s_files.Select(Read));
        Assert.All(
            Directory.GetFiles(Path.Combine(Repository.Root, "docs", "images"), "console-*.png").Select(Path.GetFileName), name => Assert.Contains($"images/{name}", text, StringComparison.Ordinal));
        Assert.Contains("](docs/console.md)", Read("README.md"), StringComparison.Ordinal);
        Assert.Contains("](docs/console.zh-CN.md)", Read("README.zh-CN.md"), StringComparison.Ordinal);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex("\\]\\((?<to>[^)\\s]+)\\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("^#+(?= )", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("`/console/[^`]*`")]
    private static partial Regex Address();

    [GeneratedRegex("!\\[[^]]*\\]\\((?<path>[^)]+)\\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Picture();
}
