namespace OrderCenter.Accounts;

/// <summary>A player of the platform, in any game.</summary>
public sealed record User(string Uid, string PlatAccount, string UserName);
