using OrderCenter.Domain;

namespace OrderCenter.Persistence;

/// <summary>The conditions of a search that a caller chose, and their parameters: <c>WHERE</c> built from what was given.</summary>
internal sealed class SearchConditions
{
    private readonly List<string> _conditions = [];
    private readonly List<object?> _parameters;

    public SearchConditions()
        : this([])
    {
    }

    private SearchConditions(List<object?> parameters) => _parameters = parameters;

    /// <summary>All of them; true where there is none.</summary>
    public string Text => _conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", _conditions);

    /// <summary>The parameters of the whole statement.</summary>
    public object?[] Parameters => [.. _parameters];

    /// <summary>Conditions of another part of the same statement, whose parameters are counted on.</summary>
    public SearchConditions InSameStatement() => new(_parameters);

    /// <summary>Adds a condition with a <c>?</c> for each value. Where a value is null, the condition was not given.</summary>
    public void Add(string condition, params ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            if (value is null)
            {
                return;
            }
            var at = condition.IndexOf('?', StringComparison.Ordinal);
            condition = string.Concat(condition.AsSpan(0, at), Parameter(value), condition.AsSpan(at + 1));
        }
        _conditions.Add(condition);
    }

    /// <summary>Adds a limit to games; none adds nothing.</summary>
    public void AddGames(GameLimit games)
    {
        if (games.Games is { } limited)
        {
            _conditions.Add(limited.Count == 0 ? "1 = 0" : $"game_id IN ({string.Join(", ", limited.Select(game => Parameter(game)))})");
        }
    }

    /// <summary>Adds a parameter, as the limit is one.</summary>
    /// <returns>Its name in the text.</returns>
    public string Parameter(object value)
    {
        _parameters.Add(value);
        return "$" + _parameters.Count;
    }
}
