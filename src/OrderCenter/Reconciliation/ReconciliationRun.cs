namespace OrderCenter.Reconciliation;

/// <summary>A statement's reconciliation: its progress and its result.</summary>
public sealed record ReconciliationRun
{
    public required string Id { get; init; }
    public required string Channel { get; init; }

    /// <summary>The account of the channel whose statement it is; null: the app has one.</summary>
    public string? Account { get; init; }

    public required long GameId { get; init; }
    public required string FirstDay { get; init; }
    public required string LastDay { get; init; }
    public required long FromMs { get; init; }
    public required long ToMs { get; init; }

    /// <summary>The name of the statement format.</summary>
    public string Format { get; init; } = "";

    /// <summary>SHA-256 of the file; null while it is received.</summary>
    public string? Digest { get; init; }

    public ReconciliationState State { get; init; }
    public required string Actor { get; init; }
    public ReconciliationCounts Counts { get; init; } = new();

    /// <summary>Where the next step begins.</summary>
    internal string Position { get; init; } = "";

    /// <summary>How many discrepancies were found; also the number of the last one.</summary>
    public long Discrepancies { get; init; }

    /// <summary>How many of them are resolved.</summary>
    public long Resolved { get; init; }

    internal long Lease { get; init; }

    /// <summary>The channel, and the account where there are several.</summary>
    internal string Statement => Account is null ? Channel : $"{Channel}, account {Account}";

    public required long CreatedMs { get; init; }
    public long UpdatedMs { get; init; }
    public long? FinishedMs { get; init; }
}
