namespace OrderCenter.Payments.Statements;

/// <summary>The result of reading a line.</summary>
public abstract record LineOutcome
{
    public static readonly LineOutcome Skipped = new Other();
    public static readonly LineOutcome OfOtherGame = new OtherGame();
    public static readonly LineOutcome AtEnd = new End();

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
