namespace OrderCenter.Persistence.Schema;

/// <summary>A step of the schema. Once released, a step never changes; the next one is appended.</summary>
internal sealed record Migration(int Version, IReadOnlyList<string> Statements);

/// <summary>The schema: one text for every engine. Times are Unix milliseconds, money is ten-thousandths, JSON is text. "Unique" is
/// always the primary key of the table that owns that fact, and every hot table's key begins with what it would be distributed by
/// (docs/architecture.md).</summary>
internal static class Migrations
{
    /// <summary>Stands at the end of a table of small rows that its key leads to, and few other ways. SQLite keeps it in its key; to
    /// PostgreSQL it is a comment.</summary>
    private const string KeptInKey = "/* kept in its key */";

    /// <summary>The type of a key that the database counts itself, from 1 on.</summary>
    private const string Counted = "bigint /* counted */";

    /// <summary>Which steps a database has had.</summary>
    public const string AppliedTable =
        "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, applied_ms bigint NOT NULL)";

    public static readonly IReadOnlyList<Migration> All =
    [
        new(1,
        [
            .. OrdersSchema.Statements, .. CallbacksSchema.Statements, .. ProviderSyncSchema.Statements, .. ChangesSchema.Statements,
            .. ReconciliationSchema.Statements, .. AccountsSchema.Statements, .. CardsSchema.Statements, .. OperatorsSchema.Statements,
            .. AlertsSchema.Statements, .. StatisticsSchema.Statements, .. PlayerDataSchema.Statements,
        ]),
    ];

    /// <summary>The first step that a database has not had; null: it has all.</summary>
    /// <param name="applied">The versions that it has had.</param>
    /// <param name="all">All steps of this program, in order.</param>
    /// <exception cref="DatabaseUnavailableException">It has one that this program does not know.</exception>
    public static Migration? Next(IReadOnlySet<int> applied, IReadOnlyList<Migration> all) =>
        applied.Count > 0 && applied.Max() > all[^1].Version
            ? throw new DatabaseUnavailableException(
                $"the database's schema is of version {applied.Max()}, this program's of {all[^1].Version}: run a program that is as " +
                $"new as the one before")
            : all.FirstOrDefault(migration => !applied.Contains(migration.Version));

    /// <summary>Refuses a database that has not had every step, where none may be taken.</summary>
    /// <exception cref="DatabaseUnavailableException">It lacks one, or has one that this program does not know.</exception>
    public static void RequireAll(IReadOnlySet<int> applied, IReadOnlyList<Migration> all)
    {
        if (Next(applied, all) is { } missing)
        {
            throw new DatabaseUnavailableException(
                $"the database's schema lacks version {missing.Version}: start the service of this version on it first");
        }
    }

    /// <summary>A statement of the schema for SQLite.</summary>
    public static string OnSqlite(string statement) =>
        statement.Replace(KeptInKey, "WITHOUT ROWID", StringComparison.Ordinal).Replace(Counted, "integer", StringComparison.Ordinal);

    /// <summary>A statement of the schema for PostgreSQL.</summary>
    public static string OnPostgres(string statement) => statement.Replace(Counted, "bigserial", StringComparison.Ordinal);
}
