using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>What the engine needs of a wire family: when an event is told and to whom, the bytes, and what counts as an acknowledgement.
/// One folder under <c>Protocols/</c> each.</summary>
public interface ICallbackProtocol
{
    /// <summary>The name in an app's <c>protocol</c>.</summary>
    string Name { get; }

    /// <summary>Whether an acknowledged callback of <see cref="CallbackEvents.Paid"/> or <see cref="CallbackEvents.Result"/> makes the order delivered. False:
    /// only the game's own call does.</summary>
    bool AcknowledgementDelivers { get; }

    /// <summary>Whether the receiver speaks Standard Webhooks, where <c>Retry-After</c> and 410 mean something.</summary>
    bool SpeaksStandardWebhooks { get; }

    /// <summary>Whether an event of an order is told, where, and on which schedule; null: it is not.</summary>
    CallbackPlan? Plan(App app, Order order, string @event);

    /// <summary>The body of an attempt, byte-exact by the protocol. Called for every attempt, so that it is signed with the app's newest valid secret.</summary>
    CallbackBody Encode(App app, OrderRow row, Callback callback, Secret secret);

    /// <summary>Whether an answer acknowledges. Never throws for what the answer holds.</summary>
    /// <param name="httpStatus">The status of the answer.</param>
    /// <param name="body">The answer's body, cut at 64 KiB.</param>
    Acknowledgement Judge(int httpStatus, ReadOnlySpan<byte> body);

    /// <summary>How fields are signed, step by step, for the sign debugger; null: this protocol signs no fields, only the Standard Webhooks headers.</summary>
    SignExplanation? Explain(IReadOnlyList<KeyValuePair<string, string>> fields, Secret secret);
}

/// <summary>A signature and how it came about.</summary>
/// <param name="Rule">The protocol's rule in one sentence.</param>
/// <param name="Canonical">The text that is hashed, without the secret that follows it.</param>
/// <param name="Sign">The signature.</param>
public sealed record SignExplanation(string Rule, string Canonical, string Sign)
{
    /// <summary>The first character at which a text that somebody else hashed differs from ours; null: it does not.</summary>
    public int? FirstDifference(string theirs)
    {
        var same = Canonical.AsSpan().CommonPrefixLength(theirs);
        return same == Canonical.Length && same == theirs.Length ? null : same;
    }
}

/// <summary>The bytes of a callback's request.</summary>
public sealed record CallbackBody(byte[] Bytes, string ContentType)
{
    /// <summary>Whether cards are inside: then what the receiver answers, which may echo them, is kept sealed.</summary>
    public bool HoldsSecrets { get; init; }
}

/// <summary>What an answer means.</summary>
/// <param name="IsAccepted">The game has the goods, or had them already.</param>
/// <param name="Detail">Why not, in the receiver's own words where it gave any (at most 256 characters). Null when accepted now, the word for it when the game
/// had the goods already.</param>
public readonly record struct Acknowledgement(bool IsAccepted, string? Detail)
{
    public const int DetailMax = 256;

    public static readonly Acknowledgement Accepted = new(true, null);

    public static readonly Acknowledgement Repeated = new(true, "repeated");

    public static Acknowledgement Refused(string detail) => new(false, detail.Length <= DetailMax ? detail : detail[..DetailMax]);
}
