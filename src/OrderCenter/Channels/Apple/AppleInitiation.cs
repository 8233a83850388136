using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>What the client of an order hands to StoreKit: <c>{"appAccountToken":"UUID"}</c>, the order's token. Apple gives it back in the
/// transaction and in every notification, so that a purchase finds its order also where its client never comes back. No call to
/// Apple.</summary>
internal sealed class AppleInitiation(OrderTokens tokens) : IPaymentInitiator
{
    public bool Offers(App app, bool inProtocol) => AppleSettings.Of(app)?.OrderToken switch
    {
        AppleSettings.OrderTokenInPay => !inProtocol,
        AppleSettings.OrderTokenInCreateOrder => true,
        _ => false,
    };

    public ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken) =>
        ValueTask.FromResult<InitiationResult>(tokens.Of(order.Id, order.GameId) is { } token
            ? new InitiationResult.Ready(Pay(token))
            : new InitiationResult.Refused("the order's number has no token"));

    private static JsonElement Pay(Guid token)
    {
        using var pay = JsonDocument.Parse(JsonBytes.Write(json => json.WriteString("appAccountToken", token)));
        return pay.RootElement.Clone();
    }
}
