namespace OrderCenter.Callbacks;

/// <summary>The body of a callback's request.</summary>
public sealed record CallbackBody(byte[] Bytes, string ContentType)
{
    /// <summary>Secret values in the body (numbers and passwords of cards). A response may echo them, so they are
    /// masked in what is kept of it, and that is encrypted.</summary>
    public IReadOnlyCollection<string> Secrets { get; init; } = [];

    public bool HasSecrets => Secrets.Count > 0;
}
