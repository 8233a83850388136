namespace OrderCenter.Accounts;

/// <summary>A player in one game.</summary>
public sealed record Login(OpenId OpenId, long GameId, User User);
