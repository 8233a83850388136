using OrderCenter.Domain;

namespace OrderCenter.Callbacks;

/// <summary>Whether a leased callback may be sent: its app and signing secret, or why it may not.</summary>
internal readonly record struct SendPermission(App? App, Secret? Secret, string? Refusal)
{
    public static SendPermission Refused(string reason) => new(null, null, reason);
}
