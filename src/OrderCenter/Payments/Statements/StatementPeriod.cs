using OrderCenter.Domain;

namespace OrderCenter.Payments.Statements;

/// <summary>The days that one statement of a store is about: a day or a calendar month.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day; the first one where it is a single day.</param>
public readonly record struct StatementPeriod(DateOnly First, DateOnly Last)
{
    public override string ToString() =>
        Last == First ? BusinessDay.Text(First) : $"{BusinessDay.Text(First)} to {BusinessDay.Text(Last)}";
}
