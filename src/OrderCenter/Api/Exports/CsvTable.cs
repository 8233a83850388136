namespace OrderCenter.Api.Exports;

/// <summary>A list as CSV.</summary>
/// <param name="Name">The list's, as it stands in its address.</param>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Write">Writes the cells of an item, one for each column.</param>
internal sealed record CsvTable<T>(string Name, IReadOnlyList<string> Columns, Action<CsvCells, T> Write);
