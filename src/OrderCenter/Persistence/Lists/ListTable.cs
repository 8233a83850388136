using System.Data.Common;

namespace OrderCenter.Persistence.Lists;

/// <summary>A table that is listed newest first.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">What is read, with commas between; the key's columns are among it.</param>
/// <param name="Key">The columns of the order: a time, an id, and a number where the id is not enough.</param>
/// <param name="Read">Reads a row.</param>
/// <param name="KeyOf">The place of an item.</param>
internal sealed record ListTable<T>(
    string Name, string Columns, IReadOnlyList<string> Key, Func<DbDataReader, T> Read, Func<T, ListKey> KeyOf);
