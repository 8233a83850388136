using OrderCenter.Simulator.Stores;

namespace OrderCenter.Simulator.Games;

/// <summary>Players of a simulated game: most pay honestly through Google or Apple, some forge, replay, cheat or never pay.</summary>
public sealed class OrderApiTraffic(OrderApiGame game, GooglePlay google, AppStore apple, string package, string bundle, Random random)
{
    private static readonly (string ProductId, string Money)[] Products = [("gems.60", "6"), ("gems.300", "30"), ("gems.980", "98"), ("gems.6480", "648"), ("month.card", "25.5")];

    private string? _usedReceipt;

    /// <summary>What one player did and what the order center said.</summary>
    public sealed record Story(string What, string PlatOrderId, string Answer, bool IsAsExpected);

    /// <summary>Plays one order from its creation to its end.</summary>
    public async Task<Story> PlayAsync(CancellationToken cancellationToken)
    {
        var (productId, money) = Products[random.Next(Products.Length)];
        var player = "player" + random.Next(1000);
        var created = await game.CreateAsync(game.NewOrder(productId, money, player, $"demo-{Guid.NewGuid():N}"), cancellationToken);
        if (created.ResultCode != 0)
        {
            return new Story("create", "", created.Message, false);
        }
        var id = created.PlatOrderId;
        var purchase = new GooglePurchase { PackageName = package, ProductId = productId, ObfuscatedAccountId = player };
        var transaction = new AppleTransaction { BundleId = bundle, ProductId = productId };
        switch (random.Next(12))
        {
            case 0:
                return new Story("never pays", id, created.Message, true);
            case 1:
                return await RefusedAsync("forges a Google signature", id, google.Purchase(purchase, forgery: GoogleForgery.WrongKey), cancellationToken);
            case 2:
                return await RefusedAsync("forges an Apple certificate chain", id, apple.Purchase(transaction, forgery: AppleForgery.ForeignRoot), cancellationToken);
            case 3 when _usedReceipt is { } used:
                return await RefusedAsync("replays a receipt", id, used, cancellationToken);
            case 4:
                return await RefusedAsync("presents a cheaper product's receipt", id, google.Purchase(purchase with { ProductId = "gems.1" }), cancellationToken);
            case 5:
                return await RefusedAsync("presents another player's receipt", id, google.Purchase(purchase with { ObfuscatedAccountId = "somebody" }), cancellationToken);
            case 6 or 7 or 8:
                return await PaidAsync("pays at Apple", id, apple.Purchase(transaction), cancellationToken);
            case 9:
                return await PaidAsync("pays at Google through Unity", id, google.Purchase(purchase, GoogleShape.Unity), cancellationToken);
            default:
                return await PaidAsync("pays at Google", id, _usedReceipt = google.Purchase(purchase), cancellationToken);
        }
    }

    private async Task<Story> PaidAsync(string what, string id, string receipt, CancellationToken cancellationToken)
    {
        var paid = await game.ValidateAsync(id, receipt, cancellationToken);
        if (paid.ResultCode != 0)
        {
            return new Story(what, id, paid.Message, false);
        }
        var sent = await game.SendProductAsync(id, cancellationToken);
        return new Story(what, id, sent is { ResultCode: 0, IsDuplicate: false } ? "paid and delivered" : sent.Message, sent is { ResultCode: 0, IsDuplicate: false });
    }

    private async Task<Story> RefusedAsync(string what, string id, string receipt, CancellationToken cancellationToken)
    {
        var reply = await game.ValidateAsync(id, receipt, cancellationToken);
        return new Story(what, id, reply.Message, reply.ResultCode == 3);
    }
}
