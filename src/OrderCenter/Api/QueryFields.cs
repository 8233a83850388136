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

    /// <summary>A text of at most so many characters that a filter compares; null: it is not given.</summary>
    public string? Filter(string name, int charactersMax) => Optional(name, Text(name), charactersMax);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool? Flag(string name) => Choice(name, ["true", "false"]) is { } text ? text == "true" : null;

    /// <summary>An amount of money.</summary>
    public Money? Money(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (!Domain.Money.TryParse(text, out var money))
        {
            Refuse(name, $"must be {Domain.Money.Form}");
        }
        return money;
    }

    /// <summary>A whole number between two others.</summary>
    public int? Number(string name, (int Min, int Max) range)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (!int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            || number < range.Min || number > range.Max)
        {
            Refuse(name, $"must be {range.Min} to {range.Max}");
        }
        return number;
    }

    /// <summary>A whole number from 1 on.</summary>
    public int Number(string name, int unset, int max) => Number(name, (1, max)) ?? unset;
}
