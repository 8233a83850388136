using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Administration;

/// <summary>The request of a callback, built anew from the callback, its order and its app as they are now.</summary>
public sealed record RebuiltRequest
{
    public required Callback Callback { get; init; }
    public required string Method { get; init; }

    /// <summary>In the order in which they are sent.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body in words, where it is no text; null: it is text.</summary>
    public string? Readable { get; init; }

    /// <summary>Whether cards are masked, so that the body is not what is sent.</summary>
    public bool IsMasked { get; init; }

    /// <summary>What is signed: by the protocol's own sign, where it has one, and by the Standard Webhooks header.</summary>
    public required IReadOnlyList<SignedText> Signed { get; init; }

    /// <summary>A text that is signed, and how.</summary>
    /// <param name="Name">Where the signature stands.</param>
    /// <param name="Rule">How it is made, in one sentence.</param>
    /// <param name="Text">Without the secret.</param>
    public sealed record SignedText(string Name, string Rule, string Text);
}
