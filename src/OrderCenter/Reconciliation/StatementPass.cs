using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The first pass: looks up the order of every transaction in the statement.</summary>
internal static class StatementPass
{
    public static async ValueTask<ReconciliationStep> StepAsync(Transaction transaction, ReconciliationRun run, StatementFormat? format)
    {
        // A page of whole transactions: the lines of one are stored together.
        var (after, afterLine) = StepPosition.Read(run.Position, 2) is [var line, var key]
            ? (key, long.Parse(line, CultureInfo.InvariantCulture))
            : ("", -1L);
        var sums = new List<TransactionSum>();
        var found = new List<Discrepancy>();
        var lines = 0L;
        var isLast = false;
        while (!isLast)
        {
            var page = await StatementTable.LinesAsync(transaction, run.Id, after, afterLine, Reconciler.PageMax);
            isLast = page.Count < Reconciler.PageMax;
            foreach (var stored in page)
            {
                var isBad = stored.Kind == (int)LineKind.Bad;
                if (!isBad && (sums.Count == 0 || sums[^1].Key != stored.Key))
                {
                    if (sums.Count + found.Count >= Reconciler.PageMax)
                    {
                        // The step ends before the first line of the next transaction.
                        var position = StepPosition.Write(afterLine.ToString(CultureInfo.InvariantCulture), after);
                        return await CompareAsync(transaction, Next(ReconciliationState.Lines, position), format, sums, found);
                    }
                    sums.Add(new TransactionSum(stored.Key, format is { HasProductIds: true }));
                }
                lines++;
                (after, afterLine) = (stored.Key, stored.Number);
                if (isBad)
                {
                    found.Add(new Discrepancy { Kind = DiscrepancyKind.BadLine, Line = stored.Number, Detail = stored.Detail ?? "" });
                }
                else
                {
                    sums[^1].Add(stored, run);
                }
            }
        }
        return await CompareAsync(transaction, Next(ReconciliationState.Payments, ""), format, sums, found);

        ReconciliationRun Next(ReconciliationState state, string position) =>
            run with { State = state, Position = position, Counts = run.Counts with { Walked = run.Counts.Walked + lines } };
    }

    private static async ValueTask<ReconciliationStep> CompareAsync(
        Transaction transaction, ReconciliationRun run, StatementFormat? format, List<TransactionSum> sums, List<Discrepancy> found)
    {
        var counts = run.Counts;
        if (format is { IsAggregate: true })
        {
            var totals = new List<ProductTotal>();
            foreach (var sum in sums)
            {
                totals.AddRange(
                    sum.Prices.Select(price => new ProductTotal(sum.Key, price.Key, price.Value.Units, price.Value.AmountE4, 0, 0)));
                counts = counts with { ReturnedUnits = StatementText.Add(counts.ReturnedUnits, sum.ReturnedUnits) };
            }
            return new ReconciliationStep(run with { Counts = counts }, found, totals);
        }

        // The orders that the transactions paid, or that the statement names. All reads begin before the first is
        // awaited.
        var holders = sums.ConvertAll(sum => PaymentTable.FindPaidOrderAsync(transaction, run.Channel, Payment.Production, sum.Key));
        var paid = new List<OrderId?>(sums.Count);
        foreach (var holder in holders)
        {
            paid.Add((await holder) is [var id] ? id : null);
        }
        var orders = sums.Zip(paid, (sum, id) => id ?? sum.NamedOrder).ToList()
            .ConvertAll(id => id is { } known ? OrderTable.FindAsync(transaction, known) : ValueTask.FromResult<OrderRow?>(null));
        for (var i = 0; i < sums.Count; i++)
        {
            var row = await orders[i];
            var isPaidByIt = paid[i] is not null;
            var refunds = isPaidByIt && sums[i].RefundsOfTheDay > 0 && row is { Order.State.Pay: PayState.Paid, Payment: { } payment }
                ? await RefundTable.OfPaymentAsync(transaction, payment, row.Order.GameId)
                : [];
            counts = row is not null && row.Order.GameId != run.GameId
                ? counts with { OtherGames = counts.OtherGames + sums[i].Lines }
                : CompareRefund(
                    sums[i], row, refunds, isPaidByIt, format, CompareCharge(sums[i], row, isPaidByIt, format, counts, found), found);
        }
        return new ReconciliationStep(run with { Counts = counts }, found, []);
    }

    private static ReconciliationCounts CompareCharge(
        TransactionSum sum, OrderRow? row, bool isPaidByIt, StatementFormat? format, ReconciliationCounts counts, List<Discrepancy> found)
    {
        if (sum.ChargesOfTheDay == 0)
        {
            return counts;
        }
        if (isPaidByIt && row is not null)
        {
            return CompareAmount(sum, row, format, counts, found);
        }
        if (isPaidByIt && sum.RefundedE4 >= sum.ChargedE4)
        {
            return counts with { Matched = counts.Matched + 1 };
        }
        found.Add(sum.ToDiscrepancy(DiscrepancyKind.MissingHere, row, (row, isPaidByIt) switch
        {
            (null, true) => "the purchase was refunded before it paid an order",
            (null, _) => "no order has been paid by it",
            ({ Payment: { } other }, _) =>
                $"order {row.Order.Id} was paid by another payment: {other.TransactionId}; this one was paid as well",
            _ => $"order {row.Order.Id} is {row.Order.State.Pay}/{row.Order.State.Progress}: it was not told of the payment",
        }));
        return counts with { MissingHere = counts.MissingHere + 1 };
    }

    private static ReconciliationCounts CompareAmount(
        TransactionSum sum, OrderRow row, StatementFormat? format, ReconciliationCounts counts, List<Discrepancy> found)
    {
        var expected = ExpectedAmount.Of(row);
        var isSameCurrency = !sum.HasSeveralCurrencies && Currency.Same(expected.Currency, sum.Currency);

        // A sale in the buyer's currency cannot be compared with the order's amount.
        if (!isSameCurrency && !sum.HasSeveralCurrencies && format is { IsInBuyersCurrency: true })
        {
            return counts with { Matched = counts.Matched + 1, OtherCurrency = counts.OtherCurrency + 1 };
        }

        // A store that pays the tax shows it in a line of its own; whether the order's price includes it depends on
        // the country.
        var e4 = expected.Money.AmountE4;
        if (isSameCurrency && sum.Charges == 1 && (sum.ChargedE4 == e4 || StatementText.Add(sum.ChargedE4, sum.TaxE4) == e4))
        {
            return counts with { Matched = counts.Matched + 1 };
        }
        var detail = sum.Charges > 1 ? $"charged {sum.Charges} times" : isSameCurrency ? "another amount" : "another currency";
        found.Add(sum.ToDiscrepancy(DiscrepancyKind.AmountDiffers, row, detail));
        return counts with { AmountDiffers = counts.AmountDiffers + 1 };
    }

    private static ReconciliationCounts CompareRefund(
        TransactionSum sum, OrderRow? row, List<Refund> refunds, bool isPaidByIt, StatementFormat? format, ReconciliationCounts counts,
        List<Discrepancy> found)
    {
        if (sum.RefundsOfTheDay == 0)
        {
            return counts;
        }
        if (row is { Order.State.Pay: PayState.Refunded } || (isPaidByIt && row is null))
        {
            return counts with { RefundsMatched = counts.RefundsMatched + 1 };
        }
        if (row is null || !isPaidByIt)
        {
            var why = row is null ? "no order has been paid by it" : $"order {row.Order.Id} was not paid by it";
            found.Add(sum.ToDiscrepancy(DiscrepancyKind.RefundedThere, row, why));
            return counts with { RefundedThere = counts.RefundedThere + 1 };
        }
        var unknown = sum.FindUnknown(refunds);
        if (unknown.Count == 0)
        {
            return counts with { RefundsMatched = counts.RefundsMatched + 1 };
        }

        // Each refund by itself, as far as its amount can be compared with what was paid.
        var expected = ExpectedAmount.Of(row);
        var isComparable = !sum.HasSeveralCurrencies && Currency.Same(expected.Currency, sum.Currency)
            && format is not { IsInBuyersCurrency: true };
        var wholeE4 = isComparable ? expected.Money.AmountE4 : sum.ChargedE4;
        if (!isComparable)
        {
            var allE4 = unknown.Aggregate(0L, static (e4, line) => StatementText.Add(e4, line.AmountE4));
            unknown = [unknown[0] with { Number = null, Other = null, AmountE4 = allE4 }];
        }
        var back = RefundBalance.Of(refunds).Back;
        foreach (var line in unknown)
        {
            // Where the charge is in another file, and its amount cannot be compared with the order's, a person says how much it is.
            var isPart = line.AmountE4 < wholeE4 || wholeE4 == 0;
            var (kind, detail) = line.Other is { } other
                ? (DiscrepancyKind.AmountDiffers, $"refund {other.Number} is over another amount")
                : (DiscrepancyKind.RefundedThere, isPart ? "a part was given back" : "given back there, not here");
            found.Add(sum.ToDiscrepancy(line, kind, row, back, isPart, detail));
        }
        var differ = unknown.Count(line => line.Other is not null);
        return counts with
        {
            RefundedThere = counts.RefundedThere + unknown.Count - differ, AmountDiffers = counts.AmountDiffers + differ,
        };
    }
}
