using OrderCenter.Model;

namespace OrderCenter.Payments;

/// <summary>A channel that can ask its store about an order without a receipt from the client: for makeup (补单), rechecks and checks.
/// The process boundary is the store.</summary>
public interface IAsked
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>Whether our own order number means something to the store, so that it can be asked where nobody names a purchase.</summary>
    bool AsksByOrder { get; }

    /// <summary>Asks the store whether an order was paid. A purchase that is not there (yet) is <see cref="Verdict.Rejected"/>.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="transaction">The store's number of the purchase, where somebody named one; null: only our own number is known, which suffices where <see cref="AsksByOrder"/> says so.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    ValueTask<Verdict> AskAsync(App app, Order order, string? transaction, CancellationToken cancellationToken);
}

/// <summary>A channel whose store wants to hear that the goods were handed over (Google: consume and acknowledge).</summary>
public interface ITold
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>How long after a purchase the store gives the money back by itself where it has heard nothing.</summary>
    TimeSpan Patience { get; }

    /// <summary>Whether an app's store is told at all: what it takes is configured. Nothing is written for those where it is not.</summary>
    bool Tells(App app);

    /// <summary>Tells the store that the goods were handed over. Done before is done.</summary>
    /// <returns>Null: told, or nothing to tell. Otherwise why not; it is tried again later.</returns>
    ValueTask<string?> DeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken);

    /// <summary>Tells the store that the purchase is taken on and its goods are still to come, so that the money stays. Done before is done.</summary>
    /// <returns>As <see cref="DeliveredAsync"/>.</returns>
    ValueTask<string?> AcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken);
}

/// <summary>A channel through which money can be given back.</summary>
public interface IRefunds
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>Gives the whole payment back. Done before is done.</summary>
    ValueTask<RefundAnswer> RefundAsync(App app, Order order, Payment payment, string reason, CancellationToken cancellationToken);
}

/// <summary>What a store says of a refund.</summary>
public abstract record RefundAnswer
{
    private RefundAnswer()
    {
    }

    public sealed record Done : RefundAnswer;

    /// <summary>Accepted; the store tells the end by a notification or when it is asked again.</summary>
    public sealed record UnderWay : RefundAnswer;

    public sealed record Refused(string Reason) : RefundAnswer;

    public sealed record TryLater(string Reason) : RefundAnswer;
}
