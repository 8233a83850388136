namespace OrderCenter.Domain;

/// <summary>One of an app's secrets. The newest signs; any that has not expired verifies, so that a secret can be rotated without an
/// outage.</summary>
/// <param name="Value">The secret; never empty.</param>
/// <param name="CreatedMs">When it was set, Unix milliseconds.</param>
/// <param name="ValidUntilMs">When it stops verifying, Unix milliseconds; null: it does not.</param>
public sealed record AppSecret(Secret Value, long CreatedMs, long? ValidUntilMs)
{
    /// <summary>The fewest characters of a secret that is set now.</summary>
    public const int LengthMin = 16;

    /// <summary>Shorter than a new secret may be: it works, and should be rotated.</summary>
    public bool IsWeak => Value.Reveal().Length < LengthMin;

    public bool IsValidAt(long nowMs) => ValidUntilMs is null || nowMs < ValidUntilMs;
}
