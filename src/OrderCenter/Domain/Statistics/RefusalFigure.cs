namespace OrderCenter.Domain.Statistics;

/// <summary>Receipts and payments that were presented for an order and refused.</summary>
/// <param name="AtMs">When the first of them was, Unix milliseconds.</param>
/// <param name="Channel">The channel's name; null: they have the shape of none.</param>
/// <param name="Count">How many.</param>
public sealed record RefusalFigure(long AtMs, string? Channel, long Count);
