using System.Text.Json;
using OrderCenter.Model;

namespace OrderCenter.Payments;

/// <summary>A store or payment platform that can say "paid". One folder under <c>Channels/</c> each; the core knows none by name.</summary>
public interface IChannel
{
    /// <summary>The name in settings and in the native API.</summary>
    string Name { get; }

    /// <summary>The fields of an app's settings for this channel that are never shown again.</summary>
    IReadOnlyList<string> SecretFields { get; }

    /// <summary>Everything that is wrong with an app's settings for this channel: one sentence a fault, naming the field and what is allowed.</summary>
    IEnumerable<string> Faults(JsonElement settings);

    /// <summary>Whether a receipt has this channel's shape, for orders that name no channel. Says nothing of its authenticity.</summary>
    bool Recognises(Receipt receipt);

    /// <summary>Judges a receipt that was presented for an order: authentic, for this package, product, quantity and player, purchased and not refunded.
    /// Never throws for what a receipt holds.</summary>
    ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken);
}

/// <summary>What a channel says of a receipt.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>Authentic and for this order.</summary>
    public sealed record Paid(Payment Payment) : Verdict;

    /// <summary>Authentic, but its amount, currency or player is not the order's: the order is held for review, the payment stays claimable by the
    /// order that it belongs to.</summary>
    public sealed record Contradicts(Payment Payment, string Reason) : Verdict;

    /// <summary>Not authentic, or not for this app's package, this product, this environment, or not purchased. The reason is shown to the game.</summary>
    public sealed record Rejected(string Reason) : Verdict;

    /// <summary>The store could not be asked; nothing is known yet.</summary>
    public sealed record TryLater(string Reason) : Verdict;
}
