using Microsoft.Data.Sqlite;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>The database's file, owned by one process.</summary>
internal static class SqliteFile
{
    /// <summary>A second process on the same file would not see this one's memory (apps, leases), so it is refused. The system frees the
    /// lock of a dead process.</summary>
    public static FileStream Own(SqliteConnectionStringBuilder settings)
    {
        var dataSource = settings.DataSource;
        if (dataSource is "" or ":memory:")
        {
            throw new DatabaseUnavailableException(
                "ConnectionStrings:OrderCenter names no file; orders must outlive the process: Data Source=path/to/file.db");
        }
        try
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(dataSource))!;
            Directory.CreateDirectory(directory);
            var ownership = new FileStream(dataSource + ".lock", OwnersOnly(FileMode.OpenOrCreate));
            if (settings.Mode == SqliteOpenMode.ReadWriteCreate && !File.Exists(dataSource))
            {
                // SQLite gives -wal and -shm the mode that the file has.
                new FileStream(dataSource, OwnersOnly(FileMode.CreateNew)).Dispose();
            }
            return ownership;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(
                $"the database at '{dataSource}' is in use by another process or not writable: {fault.Message}", fault);
        }
    }

    /// <summary>The folder that the file of a connection string is in; null: it names no file.</summary>
    public static string? FolderOf(string connectionString) =>
        new SqliteConnectionStringBuilder(connectionString).DataSource is { Length: > 0 } file and not ":memory:"
            ? Path.GetDirectoryName(Path.GetFullPath(file))
            : null;

    /// <summary>Only the service's own user reads and writes what is created here; a file that exists keeps its mode.</summary>
    public static FileStreamOptions OwnersOnly(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        return options;
    }
}
