namespace OrderCenter.Payments;

/// <summary>The public address of this installation, where platforms send notifications.</summary>
/// <param name="configured">The setting <c>PublicUrl</c>; null: it is not set.</param>
/// <param name="findListening">The address at which this process listens: what platforms are told where no address is set.</param>
public sealed class PublicAddress(Uri? configured, Func<Uri?> findListening)
{
    /// <summary>Whether platforms are told an address that was set for them.</summary>
    public bool IsSet => configured is not null;

    /// <summary>Where a channel's platform notifies an app of ours (contract.md, "Channels"); null: not known.</summary>
    public Uri? NotifyAt(string channel, long gameId) => (configured ?? findListening()) is { } address
        ? new Uri(address, $"{address.AbsolutePath.TrimEnd('/')}/notify/{channel}/{gameId}")
        : null;
}
