namespace OrderCenter.Callbacks;

/// <summary>What the receiver's response means.</summary>
/// <param name="IsAccepted">The receiver acknowledged the callback; of a payment: it has granted the goods, now or before.</param>
/// <param name="Detail">Why the callback was refused, at most <see cref="DetailMax"/> characters; if it was accepted, a note that the goods
/// had been granted before, or null.</param>
public readonly record struct Acknowledgement(bool IsAccepted, string? Detail)
{
    public const int DetailMax = 256;

    public static readonly Acknowledgement Accepted = new(true, null);

    public static readonly Acknowledgement Repeated = new(true, "repeated");

    public static Acknowledgement Refused(string detail) => new(false, detail.Length <= DetailMax ? detail : detail[..DetailMax]);
}
