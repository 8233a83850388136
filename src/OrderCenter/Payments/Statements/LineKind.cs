namespace OrderCenter.Payments.Statements;

/// <summary>What a line of a statement says. The numbers are the store's (table <c>statement_lines</c>).</summary>
public enum LineKind
{
    Charge = 0,
    Refund = 1,

    /// <summary>Tax that the store shows beside the charge (Google).</summary>
    Tax = 2,

    /// <summary>A line that could not be read.</summary>
    Bad = 3,
}
