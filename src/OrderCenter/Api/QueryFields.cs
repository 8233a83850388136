using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Api;

/// <summary>Reads query parameters; one that is empty is not given.</summary>
internal class QueryFields(IQueryCollection query) : FieldChecks
{
    public string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>One of a fixed set of texts.</summary>
    public string? Choice(string name, IReadOnlyList<string> allowed)
    {
        var text = Text(name);
        if (text is not null && !allowed.Contains(text, StringComparer.Ordinal))
        {
            Refuse(name, $"must be {Choices.Of(allowed)}");
        }
        return text;
    }

    public T? Choice<T>(string name, EnumText<T> allowed, StringComparison comparison = StringComparison.Ordinal)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (!allowed.TryParse(text, out var value, comparison))
        {
            Refuse(name, $"must be {Choices.Of(allowed.Texts)}");
        }
        return value;
    }

    /// <summary>The games that are asked for: of the caller's, one that is named by its number or its alias, or all.</summary>
    public GameLimit Games(AppCatalog apps, GameLimit games) =>
        Text("gameId") is { } text && App(apps, games, text) is { } app ? games.Only(app.GameId) : games;

    /// <summary>A time, Unix milliseconds.</summary>
    public long? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (!Rfc3339Time.TryParseQuery(text, out var ms))
        {
            Refuse(name, "must be an RFC 3339 time, such as 2026-11-21T00:00:00Z or 2026-11-21T08:00:00%2B08:00 (%2B is + in an address)");
        }
        return ms;
    }

    /// <summary>A whole number from 1 on.</summary>
    public int Number(string name, int unset, int max)
    {
        if (Text(name) is not { } text)
        {
            return unset;
        }
        if (!int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            || number < 1 || number > max)
        {
            Refuse(name, $"must be 1 to {max}");
        }
        return number;
    }
}
