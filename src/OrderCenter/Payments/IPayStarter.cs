using System.Text.Json;
using OrderCenter.Model;

namespace OrderCenter.Payments;

/// <summary>A channel whose payment begins with us: it prepares the order at the platform and says what the client hands to the platform's SDK.
/// The process boundary is the payment platform.</summary>
public interface IPayStarter
{
    /// <summary>The channel's name in settings.</summary>
    string Channel { get; }

    /// <summary>Prepares an unpaid order of an app that has this channel configured. Again for the same order: what the client needs then.</summary>
    ValueTask<PayStart> StartAsync(App app, Order order, CancellationToken cancellationToken);
}

/// <summary>What a channel says of a payment that is to begin.</summary>
public abstract record PayStart
{
    private PayStart()
    {
    }

    /// <param name="Pay">A JSON object, given to the client as it is.</param>
    public sealed record Ready(JsonElement Pay) : PayStart;

    /// <summary>The platform could not be asked; the same may succeed later.</summary>
    public sealed record TryLater(string Reason) : PayStart;
}
