using System.Net.Http.Headers;

namespace OrderCenter.Channels.Shared;

/// <summary>The result of a call to a store.</summary>
internal abstract record StoreResponse
{
    private StoreResponse()
    {
    }

    /// <summary>The store answered, whatever it said.</summary>
    public sealed record Answered(int HttpStatus, byte[] Body, HttpResponseHeaders Headers) : StoreResponse
    {
        public bool IsSuccess => HttpStatus is >= 200 and < 300;

        /// <summary>A header's one value; empty: it is missing.</summary>
        public string Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
    }

    /// <summary>No usable answer: the connection, the time or the size.</summary>
    public sealed record Failed(string Reason) : StoreResponse;
}
