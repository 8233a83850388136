using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The third pass, for a statement without transactions: compares both sides of every product, by count over
/// all currencies, and by amount in the currencies of both sides.</summary>
internal static class ProductPass
{
    public static async ValueTask<ReconciliationStep> StepAsync(Transaction transaction, ReconciliationRun run)
    {
        var (afterProduct, afterCurrency) = StepPosition.Read(run.Position, 2) is [var currency, var product]
            ? (product, currency) : ("", "");
        var products = new List<List<ProductTotal>>();
        var isLast = false;
        while (!isLast && products.Count <= Reconciler.PageMax)
        {
            var page = await StatementTable.TotalsAsync(transaction, run.Id, afterProduct, afterCurrency, Reconciler.PageMax);
            isLast = page.Count < Reconciler.PageMax;
            foreach (var total in page)
            {
                if (products.Count == 0 || products[^1][0].ProductId != total.ProductId)
                {
                    products.Add([]);
                }
                products[^1].Add(total);
                (afterProduct, afterCurrency) = (total.ProductId, total.Currency);
            }
        }
        if (!isLast)
        {
            // The last product may have more totals behind this page.
            products.RemoveAt(products.Count - 1);
            (afterProduct, afterCurrency) = (products[^1][^1].ProductId, products[^1][^1].Currency);
        }
        var counts = run.Counts;
        var found = new List<Discrepancy>();
        foreach (var totals in products)
        {
            counts = Compare(totals, counts, found);
        }
        var next = run with
        {
            Counts = counts,
            State = isLast ? ReconciliationState.Done : ReconciliationState.Totals,
            Position = isLast ? "" : StepPosition.Write(afterCurrency, afterProduct),
        };
        return new ReconciliationStep(next, found, []);
    }

    private static ReconciliationCounts Compare(List<ProductTotal> totals, ReconciliationCounts counts, List<Discrepancy> found)
    {
        var product = totals[0].ProductId;
        var (theirs, ours) = (totals.Sum(total => total.TheirsUnits), totals.Sum(total => total.OursUnits));
        if (theirs != ours)
        {
            found.Add(new Discrepancy
            {
                Kind = theirs > ours ? DiscrepancyKind.MissingHere : DiscrepancyKind.MissingThere,
                ProductId = product,
                Theirs = new DiscrepancySide(null, null, theirs),
                Ours = new DiscrepancySide(null, null, ours),
                Detail = "another number of pieces; the store tells no transactions",
            });
            return theirs > ours
                ? counts with { Matched = counts.Matched + ours, MissingHere = counts.MissingHere + theirs - ours }
                : counts with { Matched = counts.Matched + theirs, MissingThere = counts.MissingThere + ours - theirs };
        }
        counts = counts with { Matched = counts.Matched + theirs };
        foreach (var total in totals)
        {
            if (total.TheirsUnits == 0 || total.OursUnits == 0)
            {
                counts = counts with { OtherCurrency = counts.OtherCurrency + total.OursUnits };
            }
            else if (total.TheirsUnits == total.OursUnits && total.TheirsE4 != total.OursE4)
            {
                found.Add(new Discrepancy
                {
                    Kind = DiscrepancyKind.AmountDiffers,
                    ProductId = product,
                    Theirs = new DiscrepancySide(new Money(total.TheirsE4), total.Currency, total.TheirsUnits),
                    Ours = new DiscrepancySide(new Money(total.OursE4), total.Currency, total.OursUnits),
                    Detail = "as many pieces, another amount",
                });
                counts = counts with { AmountDiffers = counts.AmountDiffers + 1 };
            }
        }
        return counts;
    }
}
