using OrderCenter.Persistence.Schema;

namespace OrderCenter.Persistence;

/// <summary>Where the data is.</summary>
/// <param name="Engine"><see cref="Sqlite"/> or <see cref="Postgres"/>.</param>
/// <param name="ConnectionString">SQLite's or Npgsql's.</param>
/// <param name="Distribute">Whether the tables are spread by PostgreSQL's Citus extension; the migration spreads what is not yet.</param>
/// <param name="IsDemo">Whether only a database that the demo made is opened.</param>
public sealed record DatabaseOptions(string Engine, string ConnectionString, bool Distribute = false, bool IsDemo = false)
{
    /// <summary>The database's time in place of the server's, Unix milliseconds, where tests move the time. Null: the server's.</summary>
    internal Func<long>? ServerNowMs { get; init; }

    /// <summary>The steps of the schema, where tests have others than this program's.</summary>
    internal IReadOnlyList<Migration> SchemaSteps { get; init; } = Migrations.All;

    /// <summary>Whether a SQLite file may be used beside the process that owns it: for commands that change rows which no process keeps in
    /// memory.</summary>
    internal bool IsBesideService { get; init; }

    /// <summary>Whether the database is only read: nothing is migrated, no file is owned or created, and writes fail. The service may run
    /// on it.</summary>
    internal bool IsReadOnly { get; init; }

    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
}
