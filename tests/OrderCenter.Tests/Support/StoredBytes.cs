using System.Text;
using Npgsql;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Support;

/// <summary>Everything that is at rest: the bytes of SQLite's files, journal included; every row of every table of PostgreSQL.</summary>
internal static class StoredBytes
{
    public static byte[] Of(DatabaseOptions options) => options.Engine == DatabaseOptions.Postgres ? Rows(options.ConnectionString) : Files(options.ConnectionString.Split('=', 2)[1]);

    private static byte[] Files(string path)
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
        using var bytes = new MemoryStream();
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.CopyTo(bytes);
        }
        return bytes.ToArray();
    }

    private static byte[] Rows(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        var text = new StringBuilder();
        foreach (var table in Read(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        {
            foreach (var row in Read(connection, $"SELECT to_json(t)::text FROM {table} AS t"))
            {
                text.Append(row.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)).Append('\n');
            }
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<string> Read(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Names that the database itself gave.
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
