using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>An answer of the App Store Server API.</summary>
internal abstract record AppStoreResponse
{
    private AppStoreResponse()
    {
    }

    public sealed record Found(JsonFieldReader Fields) : AppStoreResponse;

    /// <summary>It does not know the purchase.</summary>
    public sealed record NotFound : AppStoreResponse;

    /// <summary>It refuses this request for good.</summary>
    public sealed record Refused(string Reason) : AppStoreResponse;

    /// <summary>It accepts no request of ours: the key, or an app that is not live yet.</summary>
    public sealed record NotAdmitted(string Reason) : AppStoreResponse;

    public sealed record TryLater(string Reason) : AppStoreResponse;
}
