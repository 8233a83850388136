using System.Runtime.InteropServices;

namespace OrderCenter.Store;

/// <summary>SQLite's calls that every row and parameter takes, on a statement's bare address (sqlite.org/c3ref; why: docs/decisions/0012). Who calls keeps
/// the statement alive.</summary>
internal static unsafe partial class SqliteCalls
{
    /// <summary>"SQLite takes a copy": <c>SQLITE_TRANSIENT</c>.</summary>
    public const nint Transient = -1;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    /// <summary>What it returns is the step's error once more.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial void Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(nint statement, int position, byte* text, int length, nint destructor);

    // These neither read a file nor wait: the step has read the row, and texts are kept in the encoding in which they are asked for. So the garbage collector
    // need not be told that they run.

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindInt64(nint statement, int position, long value);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int position);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnInt64(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    public static partial byte* ColumnText(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(nint statement, int column);
}
