namespace OrderCenter.Protocols.OrderApi;

/// <summary>What an endpoint of OrderApi requires beside its fields.</summary>
internal sealed record EndpointRules
{
    public int BodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Whether <c>time</c> must be there and within the app's window.</summary>
    public bool ChecksTime { get; init; }

    /// <summary>Whether a receipt is sent, which takes no part in the signed text.</summary>
    public bool HasReceipt { get; init; }

    /// <summary>Whether <c>gameid</c> may be missing.</summary>
    public bool MayOmitApp { get; init; }

    /// <summary>Fields that must not be sent.</summary>
    public string[] ForeignFields { get; init; } = [];
}
