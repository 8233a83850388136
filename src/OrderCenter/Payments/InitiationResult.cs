using System.Text.Json;

namespace OrderCenter.Payments;

/// <summary>The result of beginning a payment.</summary>
public abstract record InitiationResult
{
    private InitiationResult()
    {
    }

    /// <param name="Pay">A JSON object, given to the client as it is.</param>
    public sealed record Ready(JsonElement Pay) : InitiationResult;

    /// <summary>The platform could not be called; the same may succeed later.</summary>
    public sealed record TryLater(string Reason) : InitiationResult;

    /// <summary>This order cannot be paid that way: its amount, its currency, what it lacks. The reason is shown to the game.</summary>
    public sealed record Refused(string Reason) : InitiationResult;

    /// <summary>The platform does not accept the app's settings.</summary>
    public sealed record NotConfigured(string Reason) : InitiationResult;
}
