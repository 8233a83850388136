namespace OrderCenter.Callbacks.Sending;

/// <summary>The installation's settings for callbacks (contract.md).</summary>
/// <param name="AllowPrivateNetworks">Whether callbacks may go to every network, not only to the public
/// internet.</param>
/// <param name="Proxy">Null: callbacks go out directly.</param>
/// <param name="SendsTraceContext">Whether a callback that is traced tells its receiver so (W3C Trace Context).</param>
public sealed record SenderOptions(bool AllowPrivateNetworks, Uri? Proxy, bool SendsTraceContext = true);
