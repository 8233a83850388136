using OrderCenter.Domain;

namespace OrderCenter.Accounts;

/// <summary>The result of a posting.</summary>
public abstract record PostOutcome
{
    private PostOutcome()
    {
    }

    /// <param name="Balance">The user's balance right after it.</param>
    public sealed record Posted(Points Balance) : PostOutcome;

    /// <summary>The same key with the same content: the balance after the first posting.</summary>
    public sealed record Repeated(Points Balance) : PostOutcome;

    /// <summary>The same key with other content.</summary>
    public sealed record Different : PostOutcome;

    /// <summary>The balance would fall below zero.</summary>
    public sealed record Insufficient(Points Balance) : PostOutcome;

    /// <summary>The balance would pass <see cref="Points.MaxE4"/>.</summary>
    public sealed record TooLarge(Points Balance) : PostOutcome;

    public sealed record NotFound : PostOutcome;
}
