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

    /// <summary>Ends what was begun, so that nobody can pay it any more. Done before is done; a platform that closes by itself has nothing to do.</summary>
    /// <returns>Null: ended. Otherwise why not.</returns>
    ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
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

    /// <summary>This order cannot be paid that way: its amount, its currency, what it lacks. The reason is shown to the game.</summary>
    public sealed record Refused(string Reason) : PayStart;

    /// <summary>The platform does not accept the app's settings.</summary>
    public sealed record NotConfigured(string Reason) : PayStart;
}

/// <summary>Where the world reaches this installation; platforms are told to notify us there.</summary>
public sealed class PublicAddress(Func<Uri?> find)
{
    /// <summary>Where a channel's platform notifies an app of ours (contract.md, "Channels"); null: not known.</summary>
    public Uri? NotifyAt(string channel, long gameId) => find() is { } address ? new Uri(address, $"{address.AbsolutePath.TrimEnd('/')}/notify/{channel}/{gameId}") : null;
}
