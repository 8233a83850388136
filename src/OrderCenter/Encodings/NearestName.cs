namespace OrderCenter.Encodings;

/// <summary>Finds what somebody meant who misspelt a name.</summary>
public static class NearestName
{
    /// <summary>Names from outside are compared up to here.</summary>
    private const int LengthMax = 128;

    /// <summary>The name with the fewest edits from what was given; where one begins with the other, what is missing counts half. Case
    /// does not count.</summary>
    /// <returns>Null: there are no names.</returns>
    public static string? Of(string given, IEnumerable<string> names) => names.MinBy(name => Distance(given, name));

    /// <summary>How many characters must be put in, left out, changed or swapped with the next one to make one name of the other.</summary>
    public static int Edits(string one, string other)
    {
        var (a, b) = (Cut(one), Cut(other));
        var (before, above, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            above[j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }

    private static double Distance(string given, string name)
    {
        var edits = Edits(given, name);
        return given.Length > 0
            && (name.StartsWith(given, StringComparison.OrdinalIgnoreCase) || given.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            ? edits / 2.0
            : edits;
    }

    private static string Cut(string name) => (name.Length <= LengthMax ? name : name[..LengthMax]).ToLowerInvariant();
}
