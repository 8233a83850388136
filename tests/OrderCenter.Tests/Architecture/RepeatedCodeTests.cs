using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OrderCenter.Tests.Client;

namespace OrderCenter.Tests.Architecture;

/// <summary>No run of ten lines of code stands twice in the sources, with the same names or with others.</summary>
public sealed class RepeatedCodeTests
{
    /// <summary>How many lines of code one after another may not stand twice; lines that hold only brackets do not count.</summary>
    private const int Lines = 10;

    private const int ShapesMin = 5;

    [Fact]
    public void No_ten_lines_of_code_stand_twice()
    {
        var seen = new Dictionary<string, (string File, int Line)>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var file in Sources())
        {
            var lines = CodeOf(File.ReadAllText(file));
            var reportedTo = 0;
            for (var i = 0; i + Lines <= lines.Count; i++)
            {
                if (lines.Skip(i).Take(Lines).Select(line => line.Shape).Distinct(StringComparer.Ordinal).Count() < ShapesMin)
                {
                    // A list, such as registrations: its lines are alike, and nothing is copied.
                    continue;
                }
                var run = string.Join('\n', lines.Skip(i).Take(Lines).Select(line => line.Shape));
                var first = lines[i].Number;
                if (!seen.TryAdd(run, (file, first)) && seen[run] is var other && (other.File != file || other.Line + Lines <= first) && first >= reportedTo)
                {
                    faults.Add($"{Name(file)}:{first} repeats {Name(other.File)}:{other.Line}");
                    reportedTo = lines[i + Lines - 1].Number + 1;
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The lines of methods and of what properties compute, with names, numbers and texts replaced, so that a copy with other names is the same.</summary>
    private static List<(int Number, string Shape)> CodeOf(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        return
        [
            .. root.DescendantTokens()
                .Where(token => token.Parent?.AncestorsAndSelf().Any(node => node is BlockSyntax or ArrowExpressionClauseSyntax or BaseMethodDeclarationSyntax) == true)
                .GroupBy(token => token.GetLocation().GetLineSpan().StartLinePosition.Line + 1)
                .Where(line => line.Any(token => token.Text.Length > 0 && (char.IsLetterOrDigit(token.Text[0]) || token.Text[0] == '"')))
                .Select(line => (line.Key, string.Join(' ', line.Select(Shape))))
        ];
    }

    private static string Shape(Microsoft.CodeAnalysis.SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.IdentifierToken => "name",
        SyntaxKind.StringLiteralToken or SyntaxKind.NumericLiteralToken or SyntaxKind.CharacterLiteralToken => "literal",
        _ => token.Text,
    };

    private static string Name(string file) => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
