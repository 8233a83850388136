namespace OrderCenter.Reconciliation;

/// <summary>The state of a reconciliation. Numbers as stored.</summary>
public enum ReconciliationState
{
    /// <summary>Its file is received.</summary>
    Receiving = 0,

    /// <summary>The statement's transactions are looked up here.</summary>
    Lines = 1,

    /// <summary>Our payments are looked up in the statement.</summary>
    Payments = 2,

    /// <summary>The totals of products are compared, for a statement without transactions.</summary>
    Totals = 3,
    Done = 4,

    /// <summary>The upload broke off, the file was refused, or it had been imported before.</summary>
    Dropped = 5,
}
