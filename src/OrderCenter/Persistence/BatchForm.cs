namespace OrderCenter.Persistence;

/// <summary>The second text of a hot statement: many calls as one, over arrays (<c>unnest</c>, <c>ANY</c>). For PostgreSQL and Citus
/// only; SQLite runs the first text once a call, which inside one process costs less.</summary>
/// <param name="Text">One array parameter for each parameter of the statement. Every row that it returns holds its key; a write returns
/// the rows that it changed.</param>
/// <param name="Types">The parameters' types, one letter each: <c>t</c> text, <c>b</c> bigint, <c>i</c> integer.</param>
/// <param name="Key">Which parameters name the row. Two writes with one key never share a statement.</param>
/// <param name="KeyColumns">Where the key stands in the returned rows; null: in the first columns.</param>
internal sealed record BatchForm(string Text, string Types, int[] Key, int[]? KeyColumns = null)
{
    /// <summary>Whether it changes nothing, so that two calls with one key may share it.</summary>
    public bool IsQuery { get; init; }

    /// <summary>Whether the text names its keys in a condition of its own, by which Citus finds the shards that have them. A list that is
    /// unnested goes to all of them (docs/decisions/0014-one-by-one-on-citus.md).</summary>
    public bool NamesKeys { get; } = !Text.Contains("unnest(", StringComparison.Ordinal);

    /// <summary>The <c>FROM unnest(…) AS u(p1, p2, …)</c> over the parameters of the given types.</summary>
    public static string Unnest(string types) =>
        $"unnest({string.Join(", ", types.Select((type, i) => $"${i + 1}::{NameOf(type)}[]"))}) AS " +
        $"u({string.Join(", ", types.Select((_, i) => $"p{i + 1}"))})";

    private static string NameOf(char type) => type switch
    {
        't' => "text",
        'i' => "integer",
        _ => "bigint",
    };
}
