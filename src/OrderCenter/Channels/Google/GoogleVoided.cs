using System.Globalization;
using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Purchases that were given back, in whole or in part of their quantity: pushed, and in the list of voided purchases
/// (anchors/payments.md, "RTDN", "Online", "Changed since").</summary>
internal sealed class GoogleVoided(TimeProvider clock, PlayApi api, FindOrder findOrder, FindPaidOrder findPaidOrder) : IEventSource
{
    private const int NameCharsMax = 512;
    private const int CursorCharsMax = 4096;
    private const int VoidedMax = 1000;
    private const int OneTimeProduct = 2;
    private const int FullRefund = 1;
    private const int QuantityRefund = 2;

    /// <summary>How far before the last time the list is read again: a purchase may be entered after the moment at which it was
    /// voided.</summary>
    private const long OverlapMs = 24L * 60 * 60 * 1000;

    /// <summary>Google's list goes 30 days back; a minute less, so that clocks may differ.</summary>
    private const long FirstMs = (30L * 24 * 60 * 60 * 1000) - 60_000;

    private static readonly string[] Reasons =
    [
        "another reason", "remorse", "not received", "defective", "accidental purchase", "fraud", "friendly fraud", "chargeback",
        "not acknowledged",
    ];

    private static readonly string[] Sources = ["the player", "the developer", "Google"];

    public TimeSpan Period { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Reads the purchases that were voided. The cursor is the time up to which we know, and within a span the page's
    /// token.</summary>
    public async ValueTask<PollResult> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (GoogleSettings.Of(app) is not { Account: not null } settings)
        {
            return new PollResult.NotConfigured();
        }
        var (startMs, endMs, page) = Span(cursor, clock.NowMs());
        switch (await api.VoidedAsync(settings, startMs, endMs, page, cancellationToken))
        {
            case PlayResponse.Found found:
                return await PageAsync(app, settings, found.Fields, startMs, endMs, cancellationToken);
            case PlayResponse.NotFound when page is not null:
                // The page's token has expired; the span is read from its beginning.
                return new PollResult.Page([], startMs.ToString(CultureInfo.InvariantCulture), HasMore: false);
            case PlayResponse.NotFound unknown:
                return new PollResult.TryLater(unknown.Reason);
            case PlayResponse.TryLater later:
                return new PollResult.TryLater(later.Reason);
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    /// <summary>A push says how much was given back, not of what: the purchase is fetched for its lines, and for whether a tester had
    /// bought it. Where Google does not know the purchase any more, the push counts. A refund may leave the purchase as it was, so that its
    /// state proves nothing.</summary>
    public async Task<ProviderEvent> ReadAsync(GoogleSettings settings, JsonFieldReader voided, CancellationToken cancellationToken)
    {
        if (voided.AnyText("purchaseToken", PurchaseData.TokenCharsMax) is not { } token || !PlayApi.IsSegment(token))
        {
            return new ProviderEvent.Ignored("authentic, and names no purchase") { IsUnreadable = true };
        }
        if (voided.AnyInteger("productType", 0, int.MaxValue) is { } type and not OneTimeProduct)
        {
            return new ProviderEvent.Ignored($"a voided purchase of the product type {type}");
        }
        var refund = voided.IsGiven("refundType") ? voided.AnyInteger("refundType", 0, int.MaxValue) ?? -1 : FullRefund;
        var orderId = voided.AnyText("orderId", NameCharsMax);
        var (purchase, later) = await FetchAsync(settings, token, cancellationToken);
        if (later is not null)
        {
            return new ProviderEvent.TryLater(later);
        }
        if (refund == FullRefund)
        {
            return Whole(PaymentsOf(purchase, token, orderId), "Google voided the purchase");
        }
        var words = refund == QuantityRefund
            ? $"Google gave a part of the quantity back (refundType {refund})"
            : "Google gave the purchase back, and how much of it cannot be read (refundType)";
        return await PartsAsync(purchase, token, orderId, words, cancellationToken);
    }

    private async Task<PollResult> PageAsync(
        App app, GoogleSettings settings, JsonFieldReader answer, long startMs, long endMs, CancellationToken cancellationToken)
    {
        var events = new List<PolledEvent>();
        if (answer.Element("voidedPurchases") is { ValueKind: JsonValueKind.Array } list)
        {
            if (list.GetArrayLength() > VoidedMax)
            {
                return new PollResult.TryLater("Google's list of voided purchases is longer than it was asked for");
            }

            // The newest first: of a purchase of which parts went back it says all of them, and why the last did.
            foreach (var entry in list.EnumerateArray().Select(item => new JsonFieldReader(item))
                .OrderByDescending(entry => entry.AnyTime("voidedTimeMillis") ?? 0))
            {
                var read = await ReadEntryAsync(settings, entry, cancellationToken);
                if (read is ProviderEvent.TryLater later)
                {
                    return new PollResult.TryLater(later.Reason);
                }
                if (read is null)
                {
                    continue;
                }
                events.Add(new PolledEvent.Fact(read));
                if ((app.AllowSandbox || app.Testers.Count > 0) && ToSandbox(read) is { } sandbox)
                {
                    // The list does not say whose it was; one token is one purchase, so that only one of the two is anybody's.
                    events.Add(new PolledEvent.Fact(sandbox));
                }
            }
        }
        var next = answer.AnyObject("tokenPagination")?.AnyText("nextPageToken", CursorCharsMax);
        return new PollResult.Page(
            events, next is null ? endMs.ToString(CultureInfo.InvariantCulture) : $"{startMs} {endMs} {next}", next is not null);
    }

    /// <summary>An entry of the list. A purchase that has paid an order under its own name has one line, and the entry of its refund says
    /// all; of another one the lines are fetched. So is a purchase of which a part went back, for what is left of it: the parts of entries,
    /// each rounded down, are not the whole.</summary>
    /// <returns>Null: it names no purchase.</returns>
    private async Task<ProviderEvent?> ReadEntryAsync(
        GoogleSettings settings, JsonFieldReader voided, CancellationToken cancellationToken)
    {
        if (voided.AnyText("purchaseToken", PurchaseData.TokenCharsMax) is not { } token || !PlayApi.IsSegment(token))
        {
            return null;
        }
        var orderId = voided.AnyText("orderId", NameCharsMax);
        var (voidedMs, quantity) = (voided.AnyTime("voidedTimeMillis"), voided.AnyInteger("voidedQuantity", 1, int.MaxValue));
        var words = $"Google lists the purchase as voided{Because(voided)}";
        OnlinePurchase? purchase = null;
        if (quantity is not null || await findPaidOrder(GoogleChannel.ChannelName, token, cancellationToken) is null)
        {
            (purchase, var later) = await FetchAsync(settings, token, cancellationToken);
            if (later is not null)
            {
                return new ProviderEvent.TryLater(later);
            }
        }
        var read = quantity is null ? Whole(PaymentsOf(purchase, token, orderId), words)
            : purchase is { Lines.Count: > 1 } || purchase?.Lines[0].Refunded > 0
                ? await PartsAsync(purchase, token, orderId, words, cancellationToken)
            : await PartAsync(
                PaymentsOf(null, token, orderId)[0], (int)quantity, of: null, voidedMs is null ? null : $"voided {voidedMs}", words,
                cancellationToken);
        return read with { ReportedMs = voidedMs };
    }

    private static string Because(JsonFieldReader voided)
    {
        var (reason, source) = (Name(Reasons, "voidedReason"), Name(Sources, "voidedSource"));
        string?[] known = [reason, source is null ? null : $"by {source}"];
        return reason is null && source is null ? "" : $" ({string.Join(", ", known.OfType<string>())})";

        string? Name(string[] names, string field) =>
            voided.AnyInteger(field, 0, int.MaxValue) is { } number ? number < names.Length ? names[number] : $"{field} {number}" : null;
    }

    /// <summary>What each line has gone back, by what is left of it; all refunds so far.</summary>
    private async Task<ProviderEvent> PartsAsync(
        OnlinePurchase? purchase, string token, string? orderId, string words, CancellationToken cancellationToken)
    {
        var events = new List<ProviderEvent>();
        foreach (var line in purchase?.Lines ?? [])
        {
            if (line.Refunded is > 0 and { } refunded)
            {
                events.Add(await PartAsync(
                    purchase!.PaymentOf(token, line), refunded, line.Quantity, refundId: null, words, cancellationToken));
            }
        }
        return events.Count switch
        {
            0 => new ProviderEvent.PartlyRefunded(null, PaymentsOf(purchase, token, orderId)[0], words),
            1 => events[0],
            _ => new ProviderEvent.Several(events),
        };
    }

    /// <summary>A part of a quantity, as that part of the order's money: exactly, but for what is below 0.0001 of the currency's unit. A
    /// line of which all went back can pay nothing any more.</summary>
    private async Task<ProviderEvent> PartAsync(
        Payment payment, int refunded, int? of, string? refundId, string words, CancellationToken cancellationToken)
    {
        if (refunded >= of)
        {
            return new ProviderEvent.Refunded(payment, words);
        }
        if (await findPaidOrder(GoogleChannel.ChannelName, payment.TransactionId, cancellationToken) is not { } holder
            || await findOrder(holder, cancellationToken) is not { } order)
        {
            return new ProviderEvent.PartlyRefunded(null, payment, words);
        }
        payment = payment with { Money = order.Money, Currency = order.Currency };
        var quantity = of ?? order.Quantity;
        if (refunded >= quantity)
        {
            return new ProviderEvent.Refunded(payment, words);
        }
        var money = new Money((long)((decimal)order.Money.AmountE4 * refunded / quantity));
        return new ProviderEvent.PartlyRefunded(null, payment, $"{words}: {refunded} of {quantity}")
        {
            Part = money.AmountE4 > 0 ? new PartialRefund(refundId, money) : null,
        };
    }

    private async Task<(OnlinePurchase? Purchase, string? Later)> FetchAsync(
        GoogleSettings settings, string token, CancellationToken cancellationToken)
    {
        if (settings.Account is null)
        {
            return (null, null);
        }
        return await api.GetByTokenAsync(settings, token, cancellationToken) switch
        {
            PlayResponse.TryLater later => (null, later.Reason),
            PlayResponse.Found found when OnlinePurchase.TryRead(found.Fields, "", out var purchase, out _) => (purchase, null),
            _ => (null, null),
        };
    }

    private static IReadOnlyList<Payment> PaymentsOf(OnlinePurchase? purchase, string token, string? orderId) =>
        purchase is { Lines.Count: > 1 } ? [.. purchase.Lines.Select(line => purchase.PaymentOf(token, line))]
        : [
            new Payment
            {
                Channel = GoogleChannel.ChannelName, Environment = purchase?.Environment ?? Payment.Production, TransactionId = token,
                StoreOrderId = orderId ?? purchase?.OrderId,
            },
        ];

    private static ProviderEvent Whole(IReadOnlyList<Payment> payments, string words) => payments.Count == 1
        ? new ProviderEvent.Refunded(payments[0], words)
        : new ProviderEvent.Several([.. payments.Select(payment => new ProviderEvent.Refunded(payment, words))]);

    private static ProviderEvent? ToSandbox(ProviderEvent read)
    {
        Payment Moved(Payment payment) => payment with { Environment = Payment.Sandbox };

        return read switch
        {
            ProviderEvent.Refunded refunded => refunded with { Payment = Moved(refunded.Payment) },
            ProviderEvent.PartlyRefunded part => part with { Payment = Moved(part.Payment) },
            _ => null,
        };
    }

    private static (long StartMs, long EndMs, string? Page) Span(string? cursor, long nowMs)
    {
        var parts = cursor?.Split(' ', 3) ?? [];
        var oldestMs = nowMs - FirstMs;
        if (parts.Length == 3 && long.TryParse(parts[0], out var startMs) && long.TryParse(parts[1], out var endMs) && startMs >= oldestMs)
        {
            return (startMs, endMs, parts[2]);
        }
        var sinceMs = parts.Length > 0 && long.TryParse(parts[0], out var lastMs) ? Math.Max(lastMs - OverlapMs, oldestMs) : oldestMs;
        return (sinceMs, nowMs, null);
    }
}
