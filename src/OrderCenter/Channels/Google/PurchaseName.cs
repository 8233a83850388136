using System.Diagnostics.CodeAnalysis;

namespace OrderCenter.Channels.Google;

/// <summary>What names what a line of a purchase paid for. A purchase of one product has Google's own names, its token and its order id
/// (<c>GPA.…</c>). Of a purchase of several products each line pays an order of its own, so that its product stands behind both names
/// (<c>TOKEN:PRODUCT</c>, <c>GPA.…:PRODUCT</c>); neither name of Google's holds a colon.</summary>
/// <param name="Token">The purchase token.</param>
/// <param name="ProductId">The line's product; null: the purchase has one line.</param>
internal readonly record struct PurchaseName(string Token, string? ProductId)
{
    private const char Separator = ':';

    /// <summary>Reads <see cref="Domain.Payment.TransactionId"/>.</summary>
    public static PurchaseName Parse(string transactionId) => transactionId.IndexOf(Separator) is >= 0 and var at
        ? new(transactionId[..at], transactionId[(at + 1)..])
        : new(transactionId, null);

    /// <summary>A name of Google's for this line.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static string? Of(string? name, string? productId) => name is null || productId is null ? name : $"{name}{Separator}{productId}";
}
