namespace OrderCenter.Books;

/// <summary>What a step of a check has found.</summary>
/// <param name="Count">How many it has looked at.</param>
/// <param name="Faults">What is wrong, each in one line that names it.</param>
/// <param name="Next">Where it ended; null: nothing is left.</param>
internal sealed record BooksStep(int Count, IReadOnlyList<string> Faults, object? Next);
