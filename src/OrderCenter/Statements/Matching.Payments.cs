using System.Globalization;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>Ours against theirs: what was settled on these days is looked for in the statement. And products, where stores tell no transactions.</summary>
public sealed partial class Matching
{
    /// <summary>Statements beside this one that a payment may stand in: it is settled after it is made, so mostly the day before.</summary>
    private const long NeighbourMs = 2L * 86_400_000;
    private const int NeighboursMax = 8;
    private const int TotalsPageMax = 500;

    private static async ValueTask<Step> ReadPaymentsAsync(Transaction transaction, Reconciliation job)
    {
        // 1. A page of what the channel settled, in time's order; of a payment with several names, the one that it is known by.
        var after = Place.Read(job.Position, 3) is [var ms, var environment, var name]
            ? new SettledName(long.Parse(ms, CultureInfo.InvariantCulture), name, environment, "")
            : new SettledName(job.FromMs - 1, "", "", "");
        var page = await StatementTable.PaymentsAsync(transaction, job.Channel, job.ToMs, after, PageMax);
        var isLast = page.Count < PageMax;
        var names = page.FindAll(
            settled => settled.SettledMs >= job.FromMs && settled.Environment == Payment.Production && OrderId.FromStore(settled.OrderId).CouldBelongTo(job.GameId));
        var rows = names.ConvertAll(settled => OrderTable.FindAsync(transaction, OrderId.FromStore(settled.OrderId)));
        var payments = new List<(SettledName Name, OrderRow Row)>();
        for (var i = 0; i < names.Count; i++)
        {
            if (await rows[i] is { } row && row.Order.GameId == job.GameId && row.Payment?.TransactionId == names[i].TransactionId)
            {
                payments.Add((names[i], row));
            }
        }
        var next = job with
        {
            Counts = job.Counts with { Payments = job.Counts.Payments + payments.Count },
            State = !isLast ? ReconciliationState.Payments : IsAggregate(job) ? ReconciliationState.Totals : ReconciliationState.Done,
            Position = isLast ? "" : Place.Write(page[^1].SettledMs.ToString(CultureInfo.InvariantCulture), page[^1].Environment, page[^1].TransactionId),
        };
        if (IsAggregate(job))
        {
            return new Step(next, [], [.. payments.Select(payment => Total(payment.Row))]);
        }

        // 2. Each of their names, in this statement and in those beside it.
        var statements = await ReconciliationTable.NeighboursAsync(transaction, job, job.FromMs - NeighbourMs, job.ToMs + NeighbourMs, NeighboursMax);
        statements.Insert(0, job.Id);
        var missing = payments;
        foreach (var statement in statements)
        {
            var sought = missing;
            var looks = sought.ConvertAll(payment => payment.Row.Payment!.Names.ToList().ConvertAll(known => StatementTable.HasAsync(transaction, statement, known)));
            missing = [];
            for (var i = 0; i < sought.Count; i++)
            {
                var isThere = false;
                foreach (var look in looks[i])
                {
                    isThere |= await look;
                }
                if (!isThere)
                {
                    missing.Add(sought[i]);
                }
            }
            if (missing.Count == 0)
            {
                break;
            }
        }
        return new Step(
            next with { Counts = next.Counts with { MissingThere = next.Counts.MissingThere + missing.Count } },
            missing.ConvertAll(payment => MissingThere(job, payment.Name, payment.Row)), []);
    }

    private static Difference MissingThere(Reconciliation job, SettledName settled, OrderRow row)
    {
        var payment = row.Payment!;
        var isOfBefore = payment.PurchasedMs < job.FromMs;
        return new Difference
        {
            Kind = DifferenceKind.MissingThere,
            TransactionId = payment.StoreOrderId ?? payment.TransactionId,
            OrderId = row.Order.Id,
            ProductId = row.Order.ProductId,
            Ours = new Side(Expected(row).Money, Expected(row).Currency, null),
            AtMs = settled.SettledMs,
            Detail = isOfBefore
                ? "the receipt says that it was bought before this day: the statement of that day is not here, or does not hold it"
                : $"paid here and not in the statement; the order is {row.Order.State.Pay}/{row.Order.State.Progress}",
        };
    }

    private static ProductTotal Total(OrderRow row)
    {
        var (money, currency) = Expected(row);
        return new ProductTotal(row.Payment!.ProductId ?? row.Order.ProductId, Currency.Canonical(currency), 0, 0, row.Payment.Quantity, money.AmountE4);
    }

    /// <summary>Both sides of every product: by count over all currencies, and by amount in those currencies that both sides sold in.</summary>
    private static async ValueTask<Step> ReadTotalsAsync(Transaction transaction, Reconciliation job)
    {
        var after = Place.Read(job.Position, 2) is [var currency, var product] ? (product, currency) : ("", "");
        var products = new List<List<ProductTotal>>();
        var isLast = false;
        while (!isLast && products.Count <= TotalsPageMax)
        {
            var page = await StatementTable.TotalsAsync(transaction, job.Id, after.Item1, after.Item2, TotalsPageMax);
            isLast = page.Count < TotalsPageMax;
            foreach (var total in page)
            {
                if (products.Count == 0 || products[^1][0].ProductId != total.ProductId)
                {
                    products.Add([]);
                }
                products[^1].Add(total);
                after = (total.ProductId, total.Currency);
            }
        }
        if (!isLast)
        {
            // The last one may go on behind what was read.
            products.RemoveAt(products.Count - 1);
            after = (products[^1][^1].ProductId, products[^1][^1].Currency);
        }
        var counts = job.Counts;
        var found = new List<Difference>();
        foreach (var totals in products)
        {
            counts = JudgeProduct(totals, counts, found);
        }
        var next = job with
        {
            Counts = counts,
            State = isLast ? ReconciliationState.Done : ReconciliationState.Totals,
            Position = isLast ? "" : Place.Write(after.Item2, after.Item1),
        };
        return new Step(next, found, []);
    }

    private static ReconciliationCounts JudgeProduct(List<ProductTotal> totals, ReconciliationCounts counts, List<Difference> found)
    {
        var product = totals[0].ProductId;
        var (theirs, ours) = (totals.Sum(total => total.TheirsUnits), totals.Sum(total => total.OursUnits));
        if (theirs != ours)
        {
            found.Add(new Difference
            {
                Kind = theirs > ours ? DifferenceKind.MissingHere : DifferenceKind.MissingThere,
                ProductId = product,
                Theirs = new Side(null, null, theirs),
                Ours = new Side(null, null, ours),
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
                found.Add(new Difference
                {
                    Kind = DifferenceKind.AmountDiffers,
                    ProductId = product,
                    Theirs = new Side(new Money(total.TheirsE4), total.Currency, total.TheirsUnits),
                    Ours = new Side(new Money(total.OursE4), total.Currency, total.OursUnits),
                    Detail = "as many pieces, another amount",
                });
                counts = counts with { AmountDiffers = counts.AmountDiffers + 1 };
            }
        }
        return counts;
    }
}
