using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Acme;

/// <summary>Acme Store: a purchase signed with HMAC-SHA256 under the app's key.</summary>
public sealed class AcmeChannel : IChannel
{
    private const int TextMax = 512;

    public string Name => "acme";

    public IReadOnlyList<string> SecretFields => ["key"];

    public IEnumerable<string> Faults(JsonElement settings)
    {
        var fields = new JsonFieldReader(settings);
        fields.OnlyKnown(["key"]);
        fields.RequiredText("key", TextMax);
        return fields.Faults;
    }

    public bool Recognises(Receipt receipt) => new JsonFieldReader(receipt.Root).Text("acmePurchase", Receipt.BytesMax) is not null;

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Verify(app, order, receipt));

    private Verdict Verify(App app, Order order, Receipt receipt)
    {
        // 1. Closed unless configured.
        if (!app.Channels.TryGetValue(Name, out var settings) || Faults(settings).Any())
        {
            return new Verdict.Rejected("channel acme is not configured for this app");
        }

        // 2. Authentic, over the exact bytes that were signed.
        var outer = new JsonFieldReader(receipt.Root);
        if (outer.Text("acmePurchase", Receipt.BytesMax) is not { } text || outer.Text("mac", 64) is not { } mac)
        {
            return new Verdict.Rejected("the receipt must hold acmePurchase and mac as strings");
        }
        var key = Encoding.UTF8.GetBytes(new JsonFieldReader(settings).Text("key", TextMax)!);
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(mac)))
        {
            return new Verdict.Rejected("the mac is not Acme's for this app");
        }

        // 3. The contents, then the order.
        if (!JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(text), out var purchase, out var fault))
        {
            return new Verdict.Rejected($"the purchase {fault}");
        }
        var (id, product) = (purchase.RequiredText("id", TextMax), purchase.RequiredText("product", TextMax));
        if (!Money.TryParse(purchase.RequiredText("amount", TextMax), out var money) || purchase.Faults.Count > 0)
        {
            return new Verdict.Rejected("the purchase needs id, product and amount");
        }
        if (product != order.ProductId)
        {
            return new Verdict.Rejected("the receipt is for another product");
        }
        var payment = new Payment { Channel = Name, Environment = Payment.Production, TransactionId = id!, ProductId = product, Money = money };
        return money == order.Money
            ? new Verdict.Paid(payment)
            : new Verdict.Contradicts(payment, $"the receipt's amount is {money}, the order's {order.Money}");
    }
}
