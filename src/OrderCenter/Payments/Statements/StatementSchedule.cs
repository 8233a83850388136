namespace OrderCenter.Payments.Statements;

/// <summary>When a store publishes the statements of an app.</summary>
/// <param name="IsMonthly">Whether a statement is about a calendar month instead of a day.</param>
/// <param name="Offset">How far the store's clocks are ahead of UTC.</param>
/// <param name="Delay">How long after the end of a period its statement is there.</param>
public sealed record StatementSchedule(bool IsMonthly, TimeSpan Offset, TimeSpan Delay)
{
    /// <summary>The newest period whose statement should be there.</summary>
    public StatementPeriod Latest(DateTimeOffset now)
    {
        var open = PeriodOf(DateOnly.FromDateTime((now.ToOffset(Offset) - Delay).DateTime));
        return PeriodOf(open.First.AddDays(-1));
    }

    /// <summary>The period that a day lies in.</summary>
    public StatementPeriod PeriodOf(DateOnly day)
    {
        if (!IsMonthly)
        {
            return new StatementPeriod(day, day);
        }
        var first = new DateOnly(day.Year, day.Month, 1);
        return new StatementPeriod(first, first.AddMonths(1).AddDays(-1));
    }
}
