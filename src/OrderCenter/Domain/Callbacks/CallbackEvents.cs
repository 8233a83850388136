namespace OrderCenter.Domain.Callbacks;

/// <summary>The event that a callback reports.</summary>
public static class CallbackEvents
{
    public const string Paid = "order.paid";
    public const string Refunded = "order.refunded";
    public const string Closed = "order.closed";

    /// <summary>CardRecharge: the final result, success or failed.</summary>
    public const string Result = "order.result";

    /// <summary>Stands before the name of what is told at an app's <c>eventsUrl</c>: it says what happened at a time, and nothing of an
    /// order depends on it.</summary>
    private const string ToldPrefix = "event:";

    public static string Told(string name) => ToldPrefix + name;

    public static bool IsTold(string @event) => @event.StartsWith(ToldPrefix, StringComparison.Ordinal);

    /// <summary>The name that receivers and people see.</summary>
    public static string NameOf(string @event) => IsTold(@event) ? @event[ToldPrefix.Length..] : @event;
}
