using OrderCenter.Encodings;

namespace OrderCenter.Protocols.CardRecharge;

/// <summary>A request's fields, and the compact JSON text of all of them but <c>sign</c>, in the order in which they came.</summary>
internal sealed record CardRechargeRequest(ParameterSet Fields, byte[] Signed)
{
    /// <summary>The body as it came, where it carries a Standard Webhooks signature; else empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
