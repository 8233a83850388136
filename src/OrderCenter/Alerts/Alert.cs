namespace OrderCenter.Alerts;

/// <summary>An alert, open or past. There is one open alert of a condition and a subject.</summary>
public sealed record Alert
{
    public const int SubjectMax = 300;
    public const int DetailMax = 1000;

    public required string Id { get; init; }

    /// <summary>The name of its condition.</summary>
    public required string Condition { get; init; }

    /// <summary>What it is about within the condition: a game, an endpoint, a store, a node.</summary>
    public required string Subject { get; init; }

    /// <summary>0: it is of no game.</summary>
    public required long GameId { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>The newest value while it was open.</summary>
    public required long Value { get; init; }

    public required long Threshold { get; init; }

    /// <summary>More about it, as a person reads it; empty: nothing.</summary>
    public string Detail { get; init; } = "";

    public required long RaisedMs { get; init; }

    /// <summary>When the condition held last, to within half a minute.</summary>
    public required long SeenMs { get; init; }

    /// <summary>How often people were told of it.</summary>
    public required int Told { get; init; }

    /// <summary>When they are told again; null: not any more.</summary>
    public long? NextMs { get; init; }

    public long? AcknowledgedMs { get; init; }

    public string? AcknowledgedBy { get; init; }

    /// <summary>Null: it is open.</summary>
    public long? RecoveredMs { get; init; }

    /// <summary>What makes it one of its kind.</summary>
    public string Key => KeyOf(Condition, Subject);

    /// <summary>A text of at most so many characters.</summary>
    internal static string Cut(string text, int max) =>
        text.Length <= max ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1), "…");

    public static string KeyOf(string condition, string subject) => $"{condition} {subject}";
}
