using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.WebUtilities;

namespace OrderCenter.Api;

/// <summary>Where a page ended: the time and the id of the last item.</summary>
internal readonly record struct PageKey(long Ms, string Id);

/// <summary>The <c>limit</c> and <c>cursor</c> of a list.</summary>
internal readonly record struct Paging(int Limit, PageKey? After)
{
    public const int LimitDefault = 50;
    public const int LimitMax = 200;
    private const int CursorMax = 128;
    private const int IdMax = 64;

    /// <summary>Refuses a cursor that this list did not give.</summary>
    public static Answer OtherList => Answer.Invalid("cursor", "must be a nextCursor that this list gave");

    public static bool TryRead(HttpContext context, out Paging paging, [NotNullWhen(false)] out Answer? refusal)
    {
        paging = default;
        refusal = null;
        var query = context.Request.Query;
        var limit = LimitDefault;
        if (query["limit"].ToString() is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax))
        {
            refusal = Answer.Invalid("limit", $"must be 1 to {LimitMax}");
            return false;
        }
        PageKey? after = null;
        if (query["cursor"].ToString() is { Length: > 0 } cursor && (after = Parse(cursor)) is null)
        {
            refusal = OtherList;
            return false;
        }
        paging = new Paging(limit, after);
        return true;
    }

    /// <summary>Makes a page of at most <paramref name="limit"/> items; one more was read to see whether the list goes on.</summary>
    public static Answer Page<T, TJson>(List<T> items, int limit, Func<T, TJson> show, Func<T, PageKey> keyOf, JsonTypeInfo<PageJson<TJson>> type)
    {
        var next = items.Count > limit ? Write(keyOf(items[limit - 1])) : null;
        return Answer.Json(StatusCodes.Status200OK, new PageJson<TJson>([.. items.Take(limit).Select(show)], next), type);
    }

    private static string Write(PageKey key) => WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes($"{key.Ms}:{key.Id}"));

    private static PageKey? Parse(string cursor)
    {
        try
        {
            var text = cursor.Length > CursorMax ? "" : Encoding.ASCII.GetString(WebEncoders.Base64UrlDecode(cursor));
            return text.Split(':') is [var ms, { Length: > 0 } id] && long.TryParse(ms, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && id.Length <= IdMax && id.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
                ? new PageKey(number, id)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>RFC 3339, UTC, milliseconds.</summary>
internal static class Times
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static string Text(long unixMs) => Of(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static DateTime Of(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime;

    public static DateTime? Of(long? unixMs) => unixMs is { } ms ? Of(ms) : null;

    /// <summary>Takes RFC 3339 with any offset; nothing that depends on where or when it is read.</summary>
    public static bool TryParse(string text, out long unixMs)
    {
        var good = DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        unixMs = good ? time.ToUnixTimeMilliseconds() : 0;
        return good;
    }
}
