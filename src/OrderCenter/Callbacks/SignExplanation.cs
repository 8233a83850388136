namespace OrderCenter.Callbacks;

/// <summary>A signature and how it was computed.</summary>
/// <param name="Rule">The protocol's rule in one sentence.</param>
/// <param name="Canonical">The text that is hashed, without the secret that follows it.</param>
/// <param name="Sign">The signature.</param>
public sealed record SignExplanation(string Rule, string Canonical, string Sign)
{
    /// <summary>The first position at which the text that a game hashed differs from ours; null: it does
    /// not.</summary>
    public int? FirstDifference(string theirs)
    {
        var same = Canonical.AsSpan().CommonPrefixLength(theirs);
        return same == Canonical.Length && same == theirs.Length ? null : same;
    }
}
