namespace OrderCenter.Api.Authorization;

/// <summary>How the game of a call is known. Each is where the caller's limit to games is applied.</summary>
internal enum GameSource
{
    /// <summary>The call is about no game: one's own session, the audit chain.</summary>
    None,

    /// <summary><c>{gameId}</c> in the address: checked before the call is handled.</summary>
    Route,

    /// <summary>A list, or <c>gameId</c> in the query: a condition of the query.</summary>
    Query,

    /// <summary><c>gameId</c> in the body: an app beyond the limit is no app.</summary>
    Body,

    /// <summary>The order in the address.</summary>
    Order,

    /// <summary>The callback in the address.</summary>
    Callback,

    /// <summary>The redelivery job in the address.</summary>
    Job,

    /// <summary>The notification in the address.</summary>
    Notification,

    /// <summary>The reconciliation in the address.</summary>
    Reconciliation,

    /// <summary>The user in the address: he is in a game of the limit, or not there.</summary>
    User,

    /// <summary>The alert in the address.</summary>
    Alert,

    /// <summary>The operator, token or sink of alerts in the address or the body: it has nothing beyond the limit, or is not
    /// there.</summary>
    Holder,
}
