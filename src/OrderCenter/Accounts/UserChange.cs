namespace OrderCenter.Accounts;

/// <summary>A user after a change, and whether the change created the user.</summary>
public sealed record UserChange(User User, bool IsNew);
