namespace OrderCenter.Domain.Callbacks;

/// <summary>The URL and the schedule of a callback before it is queued.</summary>
/// <param name="Url">An absolute http or https address.</param>
/// <param name="WaitsMs">The wait before each attempt, milliseconds: the first from the event, the others from the start of the attempt
/// before.</param>
public sealed record CallbackPlan(string Url, IReadOnlyList<long> WaitsMs)
{
    public const int WaitsMax = 200;

    /// <summary>The body, where it is fixed when the callback is queued (<see cref="CallbackEvents.IsTold"/>); null: the app's protocol
    /// writes it for each attempt.</summary>
    public string? Content { get; init; }

    /// <summary>The waits with the last one repeated until a time after the event is reached.</summary>
    public static IReadOnlyList<long> Until(long endMs, params IReadOnlyList<long> waitsMs)
    {
        var all = new List<long>(waitsMs);
        var last = waitsMs[^1];
        for (var at = waitsMs.Sum() + last; at <= endMs && all.Count < WaitsMax; at += last)
        {
            all.Add(last);
        }
        return all;
    }
}
