namespace OrderCenter.Channels.Apple;

/// <summary>What verifyReceipt says of an app receipt.</summary>
internal abstract record VerifyReceiptResponse
{
    private VerifyReceiptResponse()
    {
    }

    /// <summary>Authentic and of our bundle: the purchases in it.</summary>
    public sealed record Genuine(IReadOnlyList<TransactionPayload> Purchases) : VerifyReceiptResponse;

    public sealed record Rejected(string Reason) : VerifyReceiptResponse;

    public sealed record TryLater(string Reason) : VerifyReceiptResponse;
}
