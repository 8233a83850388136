using System.Globalization;

namespace OrderCenter.Domain;

/// <summary>The installation's day: statements are matched against what was settled between two of its midnights.</summary>
/// <param name="Offset">How far its clocks are ahead of UTC. It has no summer time: a day is 24 hours.</param>
public sealed record BusinessDay(TimeSpan Offset)
{
    public const string Form = "an offset from UTC between -12:00 and +14:00, such as +08:00";
    private static readonly TimeSpan OffsetMin = TimeSpan.FromHours(-12);
    private static readonly TimeSpan OffsetMax = TimeSpan.FromHours(14);

    /// <summary>China's day.</summary>
    public static readonly BusinessDay Default = new(TimeSpan.FromHours(8));

    /// <summary>The first millisecond of a day, Unix time.</summary>
    public long StartMs(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Offset).ToUnixTimeMilliseconds();

    /// <summary>The day that a time lies in.</summary>
    public DateOnly DayOf(long unixMs) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToOffset(Offset).DateTime);

    public static bool TryParse(string text, out BusinessDay day)
    {
        day = Default;
        if (text is not (['+' or '-', _, _, ':', _, _])
            || !TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }
        offset = text[0] == '-' ? -offset : offset;
        day = new BusinessDay(offset);
        return offset >= OffsetMin && offset <= OffsetMax;
    }

    /// <summary>A day, <c>yyyy-MM-dd</c>, of this century: before it nothing was sold.</summary>
    public static bool TryParseDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
        && day.Year is >= 2000 and < 3000;

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
