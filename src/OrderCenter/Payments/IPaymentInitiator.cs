using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel whose payment begins with us: it prepares the order at the platform and says what the client hands to the platform's
/// SDK.</summary>
public interface IPaymentInitiator
{
    /// <summary>The attribute, in the order that <see cref="StartAsync"/> is given and never in the database, with the player's session key
    /// at the platform, where the request named one.</summary>
    const string SessionAttribute = "payerSession";

    /// <summary>Whether the client of an app's order is given anything. Default: always.</summary>
    /// <param name="app">The app.</param>
    /// <param name="inProtocol">Whether it stands in a game protocol's answer, where a game expects nothing that it did not ask for; else
    /// in the native API's.</param>
    bool Offers(App app, bool inProtocol) => true;

    /// <summary>Prepares an unpaid order of an app that has this channel configured. Again for the same order: what the client needs
    /// then.</summary>
    ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken);

    /// <summary>Ends a payment that was begun, so that it cannot be paid any more. Safe to repeat. Default: the platform has no call for
    /// it.</summary>
    /// <returns>Null: nobody can pay it any more. Otherwise why not: whoever was given it may still pay, so that the platform is asked
    /// about it for a day after the order expired.</returns>
    ValueTask<string?> CloseAsync(App app, Order order, CancellationToken cancellationToken) =>
        ValueTask.FromResult<string?>("the platform ends no payment that was begun");
}
