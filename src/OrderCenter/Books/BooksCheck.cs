using OrderCenter.Persistence;

namespace OrderCenter.Books;

/// <summary>One check of the books: walks what it checks in bounded steps, and only reads.</summary>
/// <param name="name">For people: what it walks.</param>
internal abstract class BooksCheck(string name)
{
    public string Name => name;

    /// <summary>One step. It may be made again from the same position.</summary>
    /// <param name="transaction">A reader's.</param>
    /// <param name="after">Where the step before ended; null: at the beginning.</param>
    public abstract ValueTask<BooksStep> StepAsync(Transaction transaction, object? after);
}
