using System.Data.Common;

namespace OrderCenter.Persistence;

/// <summary>Nullable columns.</summary>
public static class RowExtensions
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Number(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
