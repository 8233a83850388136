using System.Data.Common;

namespace OrderCenter.Persistence;

/// <summary>Nullable columns.</summary>
public static class RowExtensions
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A text of a column that is empty where there is none.</summary>
    public static string? NonEmpty(this DbDataReader row, int column) => row.GetString(column) is { Length: > 0 } text ? text : null;

    public static long? Number(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
