namespace OrderCenter.Model;

/// <summary>A value that must not be shown: it prints as <c>***</c> in logs, debuggers and interpolated strings.</summary>
public sealed class Secret(string value)
{
    /// <summary>The value itself, for the one place that signs or encrypts with it.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}

/// <summary>One of an app's secrets. The newest signs; any that has not expired verifies, so that a secret can be rotated without an outage.</summary>
/// <param name="Value">The secret; never empty.</param>
/// <param name="CreatedMs">When it was set, Unix milliseconds.</param>
/// <param name="ValidUntilMs">When it stops verifying, Unix milliseconds; null: it does not.</param>
public sealed record AppSecret(Secret Value, long CreatedMs, long? ValidUntilMs)
{
    public bool IsValidAt(long nowMs) => ValidUntilMs is null || nowMs < ValidUntilMs;
}
