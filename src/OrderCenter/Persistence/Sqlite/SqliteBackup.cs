using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>Copies the database into another file, as it is at one moment, while the service writes: a connection that only reads has
/// SQLite write the copy (<c>VACUUM INTO</c>). The copy has its name only once it is complete, checked and on the disk.</summary>
internal static class SqliteBackup
{
    private const string PartialSuffix = ".partial";

    /// <param name="options">Whose database.</param>
    /// <param name="path">The file to make.</param>
    /// <param name="cancellationToken">Stops it; nothing is left then.</param>
    /// <returns>The copy's size, bytes.</returns>
    /// <exception cref="DatabaseUnavailableException">There is no such database, the file exists or cannot be written, or the copy is not
    /// sound.</exception>
    public static Task<long> MakeAsync(DatabaseOptions options, string path, CancellationToken cancellationToken) =>
        Task.Run(() => Make(options, path, cancellationToken), cancellationToken);

    private static long Make(DatabaseOptions options, string path, CancellationToken cancellationToken)
    {
        SqliteLibrary.Load();
        if (Path.Exists(path))
        {
            throw new DatabaseUnavailableException($"'{path}' exists, and a backup overwrites nothing: name a file that does not");
        }
        var partial = path + PartialSuffix;
        try
        {
            // Readable by its owner only, before anything is in it.
            new FileStream(partial, SqliteFile.OwnersOnly(FileMode.CreateNew)).Dispose();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(
                $"'{partial}' cannot be made: {fault.Message}; where an earlier backup broke off, delete it", fault);
        }
        try
        {
            Copy(options, partial, cancellationToken);
            Check(partial, cancellationToken);
            var length = Flush(partial);
            File.Move(partial, path);
            return length;
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DatabaseUnavailableException($"the backup to '{path}' failed: {fault.Message}", fault);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Copy(DatabaseOptions options, string target, CancellationToken cancellationToken)
    {
        using var source = Open(new SqliteConnectionStringBuilder(options.ConnectionString));
        using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(source.Handle));
        if (Ask(source, "SELECT count(*) FROM schema_migrations") is not > 0L)
        {
            throw new DatabaseUnavailableException($"the file '{source.DataSource}' is no database of OrderCenter");
        }
        using var command = source.CreateCommand();
        command.CommandText = "VACUUM INTO $1";
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("$1", target);
        command.ExecuteNonQuery();
    }

    private static void Check(string file, CancellationToken cancellationToken)
    {
        using var copy = Open(new SqliteConnectionStringBuilder { DataSource = file });
        using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(copy.Handle));
        var found = Ask(copy, "PRAGMA quick_check(1)");
        if (found is not "ok")
        {
            throw new DatabaseUnavailableException($"the copy is not sound: {found}");
        }
    }

    private static SqliteConnection Open(SqliteConnectionStringBuilder settings)
    {
        settings.Mode = SqliteOpenMode.ReadOnly;
        settings.Pooling = false;
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        return connection;
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constants of this class.
        using var command = new SqliteCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static long Flush(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        return RandomAccess.GetLength(handle);
    }
}
