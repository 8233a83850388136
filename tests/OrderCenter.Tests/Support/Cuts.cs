namespace OrderCenter.Tests.Support;

/// <summary>Every set of parameters that has a given signed text: names and values are joined unescaped, so one text has many.</summary>
internal static class Cuts
{
    /// <summary>Beyond it a text has too many readings to try them all.</summary>
    public const int SeparatorsMax = 12;

    /// <summary>All readings of <c>name=value&amp;name=value</c> whose names rise, as signing sorts them. A name may hold separators too, as far as the text allows.</summary>
    public static IEnumerable<IReadOnlyList<(string Name, string Value)>> Of(string text)
    {
        var atoms = text.Split('&');
        Assert.InRange(atoms.Length - 1, 0, SeparatorsMax);
        return From(atoms, 0, "");
    }

    /// <summary>At most 400 of them, the same at each run, for tests in which each costs a request.</summary>
    public static IReadOnlyList<IReadOnlyList<(string Name, string Value)>> SomeOf(string text, Func<IReadOnlyList<(string Name, string Value)>, bool> isWanted)
    {
        const int Seed = 20261128;
        var cuts = Of(text).Where(isWanted).ToArray();
        new Random(Seed).Shuffle(cuts);
        return cuts[..Math.Min(cuts.Length, 400)];
    }

    private static IEnumerable<IReadOnlyList<(string Name, string Value)>> From(string[] atoms, int first, string after)
    {
        if (first == atoms.Length)
        {
            yield return [];
            yield break;
        }
        for (var end = first + 1; end <= atoms.Length; end++)
        {
            var pair = string.Join('&', atoms[first..end]);
            for (var equals = pair.IndexOf('='); equals >= 0; equals = pair.IndexOf('=', equals + 1))
            {
                var name = pair[..equals];
                if (first > 0 && string.CompareOrdinal(name, after) <= 0)
                {
                    continue;
                }
                foreach (var rest in From(atoms, end, name))
                {
                    yield return [(name, pair[(equals + 1)..]), .. rest];
                }
            }
        }
    }
}
