using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using OrderCenter.Persistence.Lists;

namespace OrderCenter.Api;

/// <summary>The query parameters of a list that comes in pages: <c>limit</c>, <c>cursor</c>, and the filters of each list.</summary>
internal sealed class ListQuery : QueryFields
{
    public const int LimitDefault = 50;
    public const int LimitMax = 200;

    private readonly PageKey? _after;

    public ListQuery(HttpContext context)
        : base(context.Request.Query)
    {
        Limit = Number("limit", LimitDefault, LimitMax);
        if (Text("cursor") is { } cursor && (_after = ParseCursor(cursor)) is null)
        {
            RefuseCursor();
        }
    }

    public int Limit { get; }

    /// <summary>How many items to read: one more than the page holds shows whether the list goes on.</summary>
    public int ReadLimit => Limit + 1;

    /// <summary>Where the page before ended, as this list names it; null: from the start.</summary>
    /// <param name="read">Null: this list gave no such cursor.</param>
    public T? After<T>(Func<PageKey, T?> read)
        where T : struct
    {
        if (_after is not { } key)
        {
            return null;
        }
        var after = read(key);
        if (after is null)
        {
            RefuseCursor();
        }
        return after;
    }

    /// <summary>The page, from at most <see cref="ReadLimit"/> items.</summary>
    public ApiResult Page<T, TJson>(List<T> items, Func<T, TJson> show, Func<T, PageKey> keyOf, JsonTypeInfo<PageJson<TJson>> type)
    {
        var next = items.Count > Limit ? WriteCursor(keyOf(items[Limit - 1])) : null;
        return ApiResult.Ok(new PageJson<TJson>([.. items.Take(Limit).Select(show)], next), type);
    }

    /// <summary>The page, from a part of the list.</summary>
    /// <param name="part">At most <see cref="Limit"/> items.</param>
    /// <param name="show">Writes an item.</param>
    /// <param name="type">The type of the page.</param>
    /// <param name="nameOf">The id of a place in the cursor; null: the place's own.</param>
    public static ApiResult Page<T, TJson>(
        ListPart<T> part, Func<T, TJson> show, JsonTypeInfo<PageJson<TJson>> type, Func<ListKey, string>? nameOf = null)
    {
        var next = part.Next is { } key ? WriteCursor(new PageKey(key.Ms, nameOf?.Invoke(key) ?? key.Id)) : null;
        return ApiResult.Ok(new PageJson<TJson>([.. part.Items.Select(show)], next), type);
    }

    private void RefuseCursor() => Refuse("cursor", "must be a nextCursor that this list gave");

    private static string WriteCursor(PageKey key) => Cursor.Write($"{key.Ms}:{key.Id}");

    private static PageKey? ParseCursor(string cursor) =>
        Cursor.Parse(cursor) is [var ms, { Length: > 0 and <= PageKey.IdMax } id]
            && long.TryParse(ms, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && id.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
            ? new PageKey(number, id)
            : null;
}
