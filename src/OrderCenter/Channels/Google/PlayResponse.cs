using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>An answer of Google Play's server.</summary>
internal abstract record PlayResponse
{
    private PlayResponse()
    {
    }

    public sealed record Found(JsonFieldReader Fields) : PlayResponse;

    /// <summary>It does not know the purchase, or no longer, or the question names none: that will not change.</summary>
    /// <param name="HttpStatus">400, 404 or 410.</param>
    /// <param name="Reason">In words.</param>
    public sealed record NotFound(int HttpStatus, string Reason) : PlayResponse
    {
        /// <summary>Whether the address is not there: 404, and not in the API's own form.</summary>
        public bool IsNoMethod { get; init; }
    }

    public sealed record TryLater(string Reason) : PlayResponse;
}
