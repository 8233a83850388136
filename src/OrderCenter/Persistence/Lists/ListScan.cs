using OrderCenter.Domain;

namespace OrderCenter.Persistence.Lists;

/// <summary>Reads a list newest first, a bounded part at a time. Each of its ranges is a range of an index that is in the order of the
/// list. What no index knows is a filter: it is tried on a bounded number of rows of the ranges, so that a filter that hardly a row meets
/// costs no more than one that all meet; the part is short then, and says where the list goes on.</summary>
internal sealed class ListScan<T>(ListTable<T> table)
{
    /// <summary>A limit to so many games is a range for each; one to more is a filter, since most rows meet it.</summary>
    private const int GamesApartMax = 16;

    /// <summary>How many rows of all ranges together are tried at once, one after the other until the part is full.</summary>
    private static readonly int[] s_windows = [2_000, 8_000, 40_000];

    /// <summary>On Citus, where the end of a window is found by the keys of every shard.</summary>
    private static readonly int[] s_distributedWindows = [500, 2_000];

    /// <summary>Without a filter the limit is enough.</summary>
    private static readonly int[] s_noWindow = [0];

    private readonly string _keyText = string.Join(", ", table.Key);
    private readonly string _order = "ORDER BY " + string.Join(", ", table.Key.Select(column => column + " DESC"));
    private readonly string _marks = $"({string.Join(", ", table.Key.Select(_ => "?"))})";
    private readonly List<Condition> _ranges = [];
    private readonly List<Condition> _filters = [];

    /// <summary>Not older, Unix milliseconds; null: from the oldest on.</summary>
    public long? FromMs { get; init; }

    /// <summary>Older, Unix milliseconds; null: up to the newest.</summary>
    public long? ToMs { get; init; }

    /// <summary>Adds a range: a condition with a <c>?</c> for each value.</summary>
    public void AddRange(string condition = "1 = 1", params object?[] values) => _ranges.Add(new Condition(condition, values));

    /// <summary>Adds a filter. Where a value is null, it was not given.</summary>
    public void AddFilter(string condition, params object?[] values)
    {
        if (!values.Contains(null))
        {
            _filters.Add(new Condition(condition, values));
        }
    }

    /// <summary>Adds the ranges of a limit to games, where an index begins with the game.</summary>
    public void AddGames(GameLimit games)
    {
        if (games.Games is not { Count: <= GamesApartMax } few)
        {
            AddRange();
            FilterGames(games);
            return;
        }
        foreach (var game in few)
        {
            AddRange("game_id = ?", game);
        }
    }

    /// <summary>Adds a limit to games where no index begins with the game. As a sum it gives the planner no other index than that of the
    /// range.</summary>
    public void FilterGames(GameLimit games)
    {
        if (games.Games is { } limited)
        {
            AddFilter(
                limited.Count == 0 ? "1 = 0" : $"game_id + 0 IN ({string.Join(", ", limited.Select(_ => "?"))})",
                [.. limited.Cast<object?>()]);
        }
    }

    /// <summary>The part behind a place.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="after">Null: from the newest on.</param>
    /// <param name="limit">How many items at most.</param>
    public async ValueTask<ListPart<T>> ReadAsync(Transaction transaction, ListKey? after, int limit)
    {
        var items = new List<T>();
        if (_ranges.Count == 0)
        {
            return new ListPart<T>(items, Next: null);
        }
        foreach (var rows in _filters.Count == 0 ? s_noWindow : transaction.IsDistributed ? s_distributedWindows : s_windows)
        {
            var until = rows == 0 ? null : await EndOfWindowAsync(transaction, after, Math.Max(rows / _ranges.Count, 1));

            // One more than is wanted shows whether the list goes on.
            var (sql, parameters) = Statement(after, until, limit + 1 - items.Count);
            items.AddRange(await transaction.QueryAsync(sql, table.Read, parameters));
            if (items.Count > limit)
            {
                items.RemoveRange(limit, items.Count - limit);
                return new ListPart<T>(items, table.KeyOf(items[^1]));
            }
            if (until is null)
            {
                return new ListPart<T>(items, Next: null);
            }
            after = until;
        }
        return new ListPart<T>(items, after);
    }

    /// <summary>The statement that reads between two places, in one statement for all ranges, so that on one server no row is there twice
    /// or missing while it moves from one to the other.</summary>
    /// <param name="after">The newer end, itself not read; null: none.</param>
    /// <param name="until">The older end, itself read; null: none.</param>
    /// <param name="limit">How many rows at most.</param>
    internal (SqlStatement Sql, object?[] Parameters) Statement(ListKey? after, ListKey? until, int limit)
    {
        var common = Between(after, until);
        foreach (var filter in _filters)
        {
            common.Add(filter.Text, filter.Values);
        }
        var most = common.Parameter(limit);
        var parts = _ranges.ConvertAll(range =>
        {
            var own = common.InSameStatement();
            own.Add(range.Text, range.Values);
            return $"SELECT {table.Columns} FROM {table.Name} WHERE {own.Text} AND {common.Text} {_order} LIMIT {most}";
        });
        var text = parts is [var only]
            ? only
            : $"SELECT * FROM ({string.Join(" UNION ALL ", parts.Select((part, i) => $"SELECT * FROM ({part}) AS part{i}"))}) AS parts "
                + $"{_order} LIMIT {most}";
        return (SqlStatement.Dynamic(text), common.Parameters);
    }

    /// <summary>The place of the last row of a window: no range has more than <paramref name="rows"/> rows up to it. Null: no range has
    /// so many left.</summary>
    private async ValueTask<ListKey?> EndOfWindowAsync(Transaction transaction, ListKey? after, int rows)
    {
        var queries = _ranges.ConvertAll(range =>
        {
            var conditions = Between(after, until: null);
            conditions.Add(range.Text, range.Values);
            var skipped = conditions.Parameter(rows - 1);
            var sql = $"SELECT {_keyText} FROM {table.Name} WHERE {conditions.Text} {_order} LIMIT 1 OFFSET {skipped}";
            return transaction.QueryAsync(
                SqlStatement.Dynamic(sql),
                row => new ListKey(row.GetInt64(0), row.GetString(1), table.Key.Count == 2 ? 0 : row.GetInt64(2)), conditions.Parameters);
        });
        ListKey? end = null;
        foreach (var query in queries)
        {
            if (await query is [var key] && (end is not { } other || key.IsNewerThan(other)))
            {
                end = key;
            }
        }
        return end;
    }

    /// <summary>Each end is one condition on the whole key: of two, SQLite would take either as the end of what it reads, and only compare
    /// the other.</summary>
    private SearchConditions Between(ListKey? after, ListKey? until)
    {
        var newest = ToMs is { } toMs && (after is not { } place || place.Ms >= toMs) ? new ListKey(toMs, "") : after;
        var oldest = until ?? (FromMs is { } fromMs ? new ListKey(fromMs, "") : null);
        var conditions = new SearchConditions();
        if (newest is { } upper)
        {
            conditions.Add($"({_keyText}) < {_marks}", upper.Values(table.Key.Count));
        }
        if (oldest is { } lower)
        {
            conditions.Add($"({_keyText}) >= {_marks}", lower.Values(table.Key.Count));
        }
        return conditions;
    }

    private readonly record struct Condition(string Text, object?[] Values);
}
