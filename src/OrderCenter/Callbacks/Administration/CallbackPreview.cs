namespace OrderCenter.Callbacks.Administration;

/// <summary>The body of a callback for people to read.</summary>
/// <param name="Body">Without secret values.</param>
/// <param name="Signed">How the protocol signs the body; null: it does not.</param>
public sealed record CallbackPreview(CallbackBody Body, SignExplanation? Signed)
{
    /// <summary>Whether secret values were masked, so that neither the body nor its sign is what is sent.</summary>
    public bool IsMasked { get; init; }

    /// <summary>The body in words, where it is no text; null: it is text.</summary>
    public string? Readable { get; init; }
}
