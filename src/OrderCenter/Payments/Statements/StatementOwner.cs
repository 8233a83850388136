namespace OrderCenter.Payments.Statements;

/// <summary>Whose statement it is.</summary>
/// <param name="GameId">The game.</param>
/// <param name="Channel">The store.</param>
/// <param name="Account">The account of the channel; null: the app has one.</param>
public sealed record StatementOwner(long GameId, string Channel, string? Account)
{
    public override string ToString() => Account is null ? Channel : $"{Channel}, account {Account}";
}
