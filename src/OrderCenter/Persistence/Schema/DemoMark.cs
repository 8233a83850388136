using System.Globalization;

namespace OrderCenter.Persistence.Schema;

/// <summary>What distinguishes the demo's database from every other: a step of the schema that no program has, version 0, written when
/// the demo makes the database. So the demo opens what it made itself, and a database that nobody has used yet; never one that holds
/// somebody's orders.</summary>
internal static class DemoMark
{
    private const int Version = 0;

    public static string Sql(TimeProvider clock) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO schema_migrations (version, applied_ms) VALUES ({Version}, {clock.GetUtcNow().ToUnixTimeMilliseconds()})");

    /// <summary>Whether the mark is to be written now; false: it is there.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is used, and not by the demo.</exception>
    public static bool IsDue(IReadOnlySet<int> applied) =>
        applied.Count == 0 || (applied.Contains(Version)
            ? false
            : throw new DatabaseUnavailableException(
                "the database of ConnectionStrings:OrderCenter was not made by the demo, which uses no other: leave the setting out, " +
                "or name a new database"));
}
