using OrderCenter.Domain;

namespace OrderCenter.Payments.Accounts;

/// <summary>Writes the account that proved a payment into what a channel says of it.</summary>
internal static class ProvenBy
{
    public static Verdict Account(Verdict verdict, string account)
    {
        Verdict proven = verdict switch
        {
            Verdict.Paid paid => paid with { Payment = Account(paid.Payment, account) },
            Verdict.Contradicts other => other with { Payment = Account(other.Payment, account) },
            Verdict.Rejected { Payment: { } payment } rejected => rejected with { Payment = Account(payment, account) },
            _ => verdict,
        };
        return proven.Refund is { } refund ? proven with { Refund = Account(refund, account) } : proven;
    }

    public static ProviderEvent Account(ProviderEvent told, string account) => told switch
    {
        ProviderEvent.Paid paid => paid with { Payment = Account(paid.Payment, account) },
        ProviderEvent.Contradicts other => other with { Payment = Account(other.Payment, account) },
        ProviderEvent.Rejected rejected => rejected with { Payment = Account(rejected.Payment, account) },
        ProviderEvent.Refunded refunded => refunded with { Payment = Account(refunded.Payment, account) },
        ProviderEvent.PartlyRefunded partly => partly with { Payment = Account(partly.Payment, account) },
        ProviderEvent.RefundReversed reversed => reversed with { Payment = Account(reversed.Payment, account) },
        ProviderEvent.Several several => several with { Events = [.. several.Events.Select(one => Account(one, account))] },
        _ => told,
    };

    public static PolledEvent Account(PolledEvent polled, string account) =>
        polled is PolledEvent.Fact fact ? fact with { Event = Account(fact.Event, account) } : polled;

    private static Payment Account(Payment payment, string account) => payment with { Account = account };
}
