namespace OrderCenter.Books;

/// <summary>The outcome of all checks.</summary>
/// <param name="Counts">How many each check has looked at, in their order.</param>
/// <param name="Faults">How many faults were found.</param>
internal sealed record BooksReport(IReadOnlyList<(string Name, long Count)> Counts, long Faults);
