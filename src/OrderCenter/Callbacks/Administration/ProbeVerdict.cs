namespace OrderCenter.Callbacks.Administration;

/// <summary>A probe's verdict on one trial.</summary>
public enum ProbeVerdict
{
    Good,

    /// <summary>Allowed by the protocol, with a better way.</summary>
    Advice,

    /// <summary>Orders would be lost, or goods granted to a forger; or the trial proved nothing.</summary>
    Wrong,
}
