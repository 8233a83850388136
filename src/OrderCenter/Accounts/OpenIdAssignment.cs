namespace OrderCenter.Accounts;

/// <summary>A user's openId in a game, and whether it was assigned by this request.</summary>
public sealed record OpenIdAssignment(OpenId OpenId, bool IsNew);
