using System.Reflection;
using System.Text.RegularExpressions;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Architecture;

/// <summary>docs/payment-traps.md says which tests show what; they have to be there.</summary>
public sealed partial class TrapTests
{
    private const int Traps = 16;
    private const int RowsAndSentences = Traps + 2;

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "payment-traps.md"));

    [Fact]
    public void Every_trap_has_tests_and_each_of_them_is_there()
    {
        var tests = typeof(TrapTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        for (var trap = 1; trap <= Traps; trap++)
        {
            var row = Assert.Single(Lines, line => line.StartsWith($"| {trap} |", StringComparison.Ordinal));
            var named = Test().Matches(row).Select(match => match.Groups["test"].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, test => Assert.True(tests.Contains(test), $"trap {trap}: there is no test {test}"));
        }
        Assert.Equal(RowsAndSentences, Lines.Count(line => line.StartsWith('|')));
    }

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();
}
