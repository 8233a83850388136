namespace OrderCenter.Payments;

/// <summary>The public address of this installation, where platforms send notifications.</summary>
public sealed class PublicAddress(Func<Uri?> find)
{
    /// <summary>Where a channel's platform notifies an app of ours (contract.md, "Channels"); null: not known.</summary>
    public Uri? NotifyAt(string channel, long gameId) =>
        find() is { } address ? new Uri(address, $"{address.AbsolutePath.TrimEnd('/')}/notify/{channel}/{gameId}") : null;
}
