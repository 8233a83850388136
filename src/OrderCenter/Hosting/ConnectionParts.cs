using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>Finds parts of a connection string, each of which has several names.</summary>
internal static class ConnectionParts
{
    public static readonly string[] SqliteFile = ["Data Source", "DataSource", "Filename"];

    /// <summary>What may be shown of PostgreSQL's connection string. Nothing else, so that no password is.</summary>
    public static readonly string[][] PostgresShown =
    [
        ["Host", "Server"], ["Port"], ["Database", "DB"], ["Username", "User Name", "UserName", "User Id", "UserId", "UID", "User"],
    ];

    /// <returns>Null: no part has one of these names, or the string is malformed.</returns>
    public static string? Find(DatabaseOptions database, string[] names)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = database.ConnectionString };
            return names.Select(name => parts.TryGetValue(name, out var value) ? value as string : null)
                .FirstOrDefault(value => !string.IsNullOrEmpty(value));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
