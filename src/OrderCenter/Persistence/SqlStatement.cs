namespace OrderCenter.Persistence;

/// <summary>A statement, in one text for every engine: a static field beside its one caller. What an engine prepares for it is found by
/// its number, so that no call hashes or compares its text. Parameters are <c>$1</c>, <c>$2</c>, …: <c>string</c>, <c>long</c>,
/// <c>int</c> or null.</summary>
public sealed class SqlStatement
{
    /// <summary>Stands at the end of a common table expression (<c>WITH … AS</c>, which PostgreSQL runs once; a subquery it may run again
    /// for each row) that chooses rows for the statement behind it. PostgreSQL locks them and passes over those that
    /// another transaction has locked, so that transactions that choose among the same rows neither wait for one another nor deadlock. To
    /// SQLite, which has one writer, it is a comment; so it is to Citus, which locks no rows of several shards.</summary>
    internal const string SkipLocked = "/* skip locked */";

    private static int s_count;

    public SqlStatement(string text)
        : this(text, Interlocked.Increment(ref s_count) - 1)
    {
    }

    private SqlStatement(string text, int index) => (Text, Index) = (text, index);

    public string Text { get; }

    /// <summary>The text for PostgreSQL.</summary>
    /// <param name="isDistributed">Whether Citus distributes the tables.</param>
    internal string OnPostgres(bool isDistributed) =>
        isDistributed ? Text : Text.Replace(SkipLocked, "FOR UPDATE SKIP LOCKED", StringComparison.Ordinal);

    /// <summary>Counted from 0 over all statements of the process; -1 for a <see cref="Dynamic"/> one, for which nothing is kept.</summary>
    internal int Index { get; }

    internal bool IsDynamic => Index < 0;

    /// <summary>Many calls of it as one, on PostgreSQL; null: each call is a statement of its own.</summary>
    internal BatchForm? Batch { get; init; }

    /// <summary>The same write for <see cref="Transaction.ExecuteOptimisticAsync"/>: it fails where it does not change its row. Null: the
    /// answer is waited for.</summary>
    internal SqlStatement? OrFail { get; init; }

    /// <summary>Whether its one parameter is a list with commas between. PostgreSQL joins the lists of all transactions of a batch and
    /// sends them once, with the commit. Only for <see cref="Transaction.Send"/>.</summary>
    internal bool JoinsLists { get; init; }

    /// <summary>A statement whose text is built at run time, as a search with conditions is. It is prepared at every call, so it is not
    /// for short statements.</summary>
    public static SqlStatement Dynamic(string text) => new(text, index: -1);

    /// <summary>An insert that changes nothing where the key is taken, and fails there as <see cref="OrFail"/>; both with their batch
    /// form.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns with commas between, in the order of the parameters.</param>
    /// <param name="types">See <see cref="BatchForm.Types"/>.</param>
    /// <param name="key">The columns of the primary key.</param>
    internal static SqlStatement InsertOnce(string table, string columns, string types, string key)
    {
        var names = columns.Split(", ");
        var keyPositions = Array.ConvertAll(key.Split(", "), column => Array.IndexOf(names, column));
        var into = $"INSERT INTO {table} ({columns}) ";
        var values = $"{into}VALUES ({string.Join(", ", names.Select((_, i) => $"${i + 1}"))})";
        var select = $"{into}SELECT {string.Join(", ", names.Select((_, i) => $"p{i + 1}"))} FROM {BatchForm.Unnest(types)}";
        var unlessTaken = $" ON CONFLICT ({key}) DO NOTHING";
        return new SqlStatement(values + unlessTaken)
        {
            Batch = new BatchForm($"{select}{unlessTaken} RETURNING {key}", types, keyPositions),
            OrFail = new SqlStatement(values) { Batch = new BatchForm($"{select} RETURNING {key}", types, keyPositions) },
        };
    }
}
