using OrderCenter.Model;

namespace OrderCenter.Payments;

/// <summary>A channel whose store notifies us (<c>POST /notify/{channel}/{gameId}</c>). A notification is stored raw before it is answered, and read as often as
/// it takes. The process boundary is the store.</summary>
public interface INotified
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>The headers, by lower-case name, that are kept with the notification and are there again when it is read. Judging has all that came.
    /// Default: none.</summary>
    IReadOnlyList<string> KeptHeaders => [];

    /// <summary>Whether the notification is the store's. Judged before anything is kept, so that strangers fill no table.</summary>
    ValueTask<Authenticity> AuthenticateAsync(App app, RawNotice notice, CancellationToken cancellationToken);

    /// <summary>What the store must be answered: once it is stored, or refused, or could not be taken now.</summary>
    NoticeAnswer Answer(NoticeReception reception);

    /// <summary>What an authentic notification says of orders. It may ask the store; it is called at least once for each, and again when one is replayed,
    /// so it changes nothing by itself.</summary>
    ValueTask<Tidings> ReadAsync(App app, RawNotice notice, CancellationToken cancellationToken);
}

/// <summary>A notification as it came in.</summary>
/// <param name="Headers">By lower-case name: all when it is judged, <see cref="INotified.KeptHeaders"/> when it is read.</param>
/// <param name="Body">The exact bytes.</param>
/// <param name="ReceivedMs">Unix milliseconds; a replay judges age by it.</param>
public sealed record RawNotice(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, long ReceivedMs);

/// <summary>Whose a notification is.</summary>
public abstract record Authenticity
{
    private Authenticity()
    {
    }

    /// <param name="NoticeId">The store's own id of it, the same in every repetition: the key by which it is kept once.</param>
    public sealed record Genuine(string NoticeId) : Authenticity;

    /// <summary>Forged, for somebody else, or the channel is not configured. Counted, logged, not kept.</summary>
    public sealed record Refused(string Reason) : Authenticity;

    /// <summary>It cannot be judged now (keys could not be fetched): the store shall send it again.</summary>
    public sealed record TryLater(string Reason) : Authenticity;
}

/// <summary>What became of a notification at the door.</summary>
public enum NoticeReception
{
    Stored,
    Refused,

    /// <summary>A passing fault: the answer makes the store repeat.</summary>
    TryLater,
}

/// <summary>An answer to a store, as its documents want it.</summary>
public sealed record NoticeAnswer(int HttpStatus, string ContentType, string Body);

/// <summary>What a store tells of orders.</summary>
public abstract record Tidings
{
    private Tidings()
    {
    }

    /// <summary>When the store said so, Unix milliseconds, where it tells: notifications come in any order, and an older word never undoes a newer one.
    /// Null: not told.</summary>
    public long? SaidMs { get; init; }

    /// <summary>A payment. <paramref name="OrderId"/>: the order that the store says it is for (our number was handed to it at the start); null: found by
    /// the payment's names, or nobody's yet.</summary>
    public sealed record Paid(OrderId? OrderId, Payment Payment) : Tidings;

    /// <summary>A payment that contradicts its order in amount, currency or player.</summary>
    public sealed record Contradicts(OrderId OrderId, Payment Payment, string Reason) : Tidings;

    /// <summary>The player got the money of that payment back.</summary>
    public sealed record Refunded(Payment Payment, string Reason) : Tidings;

    /// <summary>A part of it went back; what the order is worth then is a person's decision, until the parts are the whole.</summary>
    public sealed record PartlyRefunded(OrderId? OrderId, Payment Payment, string Reason) : Tidings
    {
        /// <summary>How much; null: the store does not say.</summary>
        public RefundPart? Part { get; init; }
    }

    /// <summary>The store took its own refund back.</summary>
    public sealed record RefundReversed(Payment Payment, string Reason) : Tidings;

    /// <summary>Nothing that an order's state depends on; the reason is shown with the notification.</summary>
    public sealed record Nothing(string Reason) : Tidings;

    /// <summary>The store could not be asked; it is read again later.</summary>
    public sealed record TryLater(string Reason) : Tidings;
}

/// <summary>How much of a payment went back.</summary>
/// <param name="RefundId">The store's own number of this refund: told again, it counts once. Null: the store tells what went back by all refunds so far.</param>
/// <param name="Money">By this refund; by all of them where <paramref name="RefundId"/> is null.</param>
public sealed record RefundPart(string? RefundId, Money Money);
