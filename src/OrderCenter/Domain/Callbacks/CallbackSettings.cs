using System.Net;

namespace OrderCenter.Domain.Callbacks;

/// <summary>An app's callback settings; null means the protocol's own.</summary>
public sealed record CallbackSettings
{
    /// <summary>The wait before each attempt, milliseconds: the first from the event, the others from the start of the attempt
    /// before.</summary>
    public IReadOnlyList<long>? RetryMs { get; init; }

    public int TimeoutSeconds { get; init; } = 5;
    public int MaxConcurrency { get; init; } = 32;
    public CallbackFormat Format { get; init; } = CallbackFormat.Form;

    /// <summary>Networks that this app's callbacks may go to beside the public internet: loopback, private and special addresses are
    /// refused otherwise.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];
}
