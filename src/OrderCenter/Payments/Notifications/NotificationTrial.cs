namespace OrderCenter.Payments.Notifications;

/// <summary>How a channel reads a notification.</summary>
/// <param name="Authentication">Whether it would be taken.</param>
public sealed record NotificationTrial(AuthenticationResult Authentication)
{
    /// <summary>The fields that were read, in the order of their names; empty: it could not be read.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>The text that is signed, the key in it masked; null: it could not be made.</summary>
    public string? SignedText { get; init; }

    /// <summary>What it reports; null: it is not authentic.</summary>
    public ProviderEvent? Event { get; init; }
}
