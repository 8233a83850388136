namespace OrderCenter.Statements;

/// <summary>What a line of a statement says. The numbers are the store's (table <c>statement_lines</c>).</summary>
internal enum LineKind
{
    Charge = 0,
    Refund = 1,

    /// <summary>Tax that the store shows beside the charge (Google).</summary>
    Tax = 2,

    /// <summary>A line that could not be read.</summary>
    Bad = 3,
}

/// <summary>A line of a statement that takes part in the matching.</summary>
internal sealed record StatementLine
{
    /// <summary>Where it stands in the file, from 1.</summary>
    public long Number { get; init; }

    public required LineKind Kind { get; init; }

    /// <summary>The store's number of the transaction; a product where the store tells no transactions (Apple).</summary>
    public required string Key { get; init; }

    /// <summary>Our order's number, where the store repeats it.</summary>
    public string? OrderNumber { get; init; }

    /// <summary>Never negative: what it means is the kind's.</summary>
    public long AmountE4 { get; init; }

    public string Currency { get; init; } = "";

    /// <summary>Pieces: more than one only in aggregates.</summary>
    public long Units { get; init; } = 1;

    /// <summary>When it happened, Unix milliseconds; null in aggregates.</summary>
    public long? AtMs { get; init; }

    /// <summary>The days of an aggregate.</summary>
    public (DateOnly First, DateOnly Last)? Days { get; init; }
}

/// <summary>What came of reading a line.</summary>
internal abstract record LineOutcome
{
    public static readonly LineOutcome NoMatter = new Other();
    public static readonly LineOutcome NotThisGame = new OtherGame();
    public static readonly LineOutcome TheEnd = new End();

    private LineOutcome()
    {
    }

    public sealed record Found(StatementLine Line) : LineOutcome;

    /// <summary>A line about something else: fees, downloads.</summary>
    public sealed record Other : LineOutcome;

    /// <summary>A line of another app of the same account.</summary>
    public sealed record OtherGame : LineOutcome;

    public sealed record Bad(string Reason) : LineOutcome;

    /// <summary>The summary: no line comes after it.</summary>
    public sealed record End : LineOutcome;
}
