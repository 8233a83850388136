namespace OrderCenter.Store.Schema;

/// <summary>A step of the schema. Once released, a step never changes; the next one is appended.</summary>
internal sealed record Migration(int Version, IReadOnlyList<string> Statements);

/// <summary>The schema: one text for every engine. Times are Unix milliseconds, money is ten-thousandths, JSON is text. "Unique" is always the primary
/// key of the table that owns that fact, and every hot table's key begins with what it would be distributed by (docs/architecture.md).</summary>
internal static class Migrations
{
    /// <summary>Stands at the end of a table of small rows that its key leads to, and few other ways. SQLite keeps it in its key; to PostgreSQL it is a comment.</summary>
    private const string KeptInKey = "/* kept in its key */";

    /// <summary>The type of a key that the database counts itself, from 1 on.</summary>
    private const string Counted = "bigint /* counted */";

    public static readonly IReadOnlyList<Migration> All =
    [
        new(1, OrdersSchema.Statements),
        new(2, CallbacksSchema.Statements),
        new(3, AccountsSchema.Statements),
        new(4, CardsSchema.Statements),
        new(5, InboxSchema.Statements),
        new(6, TellingsSchema.Statements),
        new(7, RefundsSchema.Statements),
        new(8, StatementsSchema.Statements),
        new(9, ChangesSchema.Statements),
        new(10, RefundPartsSchema.Statements),
    ];

    /// <summary>The first that a database has not had; null: it has all.</summary>
    /// <exception cref="StoreUnavailableException">It has one that this program does not know.</exception>
    public static Migration? Next(IReadOnlySet<int> applied)
    {
        if (applied.Count > 0 && applied.Max() > All[^1].Version)
        {
            throw new StoreUnavailableException($"the database's schema is of version {applied.Max()}, this program's of {All[^1].Version}: run a program that is as new as the one before");
        }
        return All.FirstOrDefault(migration => !applied.Contains(migration.Version));
    }

    /// <summary>A statement of the schema in SQLite's words.</summary>
    public static string OnSqlite(string statement) =>
        statement.Replace(KeptInKey, "WITHOUT ROWID", StringComparison.Ordinal).Replace(Counted, "integer", StringComparison.Ordinal);

    /// <summary>A statement of the schema in PostgreSQL's words.</summary>
    public static string OnPostgres(string statement) => statement.Replace(Counted, "bigserial", StringComparison.Ordinal);
}
