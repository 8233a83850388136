using System.Globalization;
using OrderCenter.Domain;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The second pass: looks up every payment of these days in the statement.</summary>
internal static class PaymentPass
{
    /// <summary>How far other statements may be away that a payment may be in: it is settled after the purchase,
    /// mostly by a day.</summary>
    private const long NeighbourMs = 2L * 86_400_000;
    private const int NeighboursMax = 8;

    public static async ValueTask<ReconciliationStep> StepAsync(
        Transaction transaction, ReconciliationRun run, StatementFormat? format, StatementPayments its)
    {
        // A page of the channel's payments in the order of time; a payment with several ids counts under its main
        // one.
        var after = StepPosition.Read(run.Position, 3) is [var ms, var environment, var name]
            ? new SettledTransaction(long.Parse(ms, CultureInfo.InvariantCulture), name, environment, "")
            : new SettledTransaction(run.FromMs - 1, "", "", "");
        var page = await StatementTable.PaymentsAsync(transaction, run.Channel, run.ToMs, after, Reconciler.PageMax);
        var isLast = page.Count < Reconciler.PageMax;
        var candidates = page.FindAll(
            settled => settled.SettledMs >= run.FromMs && settled.Environment == Payment.Production
                && OrderId.FromStore(settled.OrderId).CouldBelongTo(run.GameId));
        var rows = candidates.ConvertAll(settled => OrderTable.FindAsync(transaction, OrderId.FromStore(settled.OrderId)));
        var payments = new List<(SettledTransaction Settled, OrderRow Row)>();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (await rows[i] is { } row && row.Order.GameId == run.GameId && row.Payment?.TransactionId == candidates[i].TransactionId
                && its.Hold(row))
            {
                payments.Add((candidates[i], row));
            }
        }
        var isAggregate = format is { IsAggregate: true };
        var next = run with
        {
            Counts = run.Counts with { Payments = run.Counts.Payments + payments.Count },
            State = !isLast ? ReconciliationState.Payments : isAggregate ? ReconciliationState.Totals : ReconciliationState.Done,
            Position = isLast
                ? ""
                : StepPosition.Write(
                    page[^1].SettledMs.ToString(CultureInfo.InvariantCulture), page[^1].Environment, page[^1].TransactionId),
        };
        if (isAggregate)
        {
            return new ReconciliationStep(next, [], payments.ConvertAll(payment => Total(payment.Row)));
        }
        var missing = await FindMissingAsync(transaction, run, payments);
        return new ReconciliationStep(
            next with { Counts = next.Counts with { MissingThere = next.Counts.MissingThere + missing.Count } },
            missing.ConvertAll(payment => MissingThere(run, payment.Settled, payment.Row)), []);
    }

    /// <summary>The payments none of whose ids is in this statement or in those of the days beside it.</summary>
    private static async ValueTask<List<(SettledTransaction Settled, OrderRow Row)>> FindMissingAsync(
        Transaction transaction, ReconciliationRun run, List<(SettledTransaction Settled, OrderRow Row)> payments)
    {
        var missing = payments;
        var neighbours = await ReconciliationTable.NeighboursAsync(
            transaction, run, run.FromMs - NeighbourMs, run.ToMs + NeighbourMs, NeighboursMax);
        foreach (var statement in neighbours.Prepend(run.Id))
        {
            if (missing.Count == 0)
            {
                break;
            }
            var sought = missing;
            var reads = sought.ConvertAll(
                payment => payment.Row.Payment!.Names.ToList().ConvertAll(id => StatementTable.HasAsync(transaction, statement, id)));
            missing = [];
            for (var i = 0; i < sought.Count; i++)
            {
                var isThere = false;
                foreach (var read in reads[i])
                {
                    isThere |= await read;
                }
                if (!isThere)
                {
                    missing.Add(sought[i]);
                }
            }
        }
        return missing;
    }

    private static Discrepancy MissingThere(ReconciliationRun run, SettledTransaction settled, OrderRow row)
    {
        var payment = row.Payment!;
        return new Discrepancy
        {
            Kind = DiscrepancyKind.MissingThere,
            TransactionId = payment.StoreOrderId ?? payment.TransactionId,
            OrderId = row.Order.Id,
            ProductId = row.Order.ProductId,
            Ours = ExpectedAmount.Of(row).Side,
            AtMs = settled.SettledMs,
            Detail = payment.PurchasedMs < run.FromMs
                ? "the receipt says that it was bought before this day: the statement of that day is not here, or does not hold it"
                : $"paid here and not in the statement; the order is {row.Order.State.Pay}/{row.Order.State.Progress}",
        };
    }

    private static ProductTotal Total(OrderRow row)
    {
        var (money, currency) = ExpectedAmount.Of(row);
        var product = row.Payment!.ProductId ?? row.Order.ProductId;
        return new ProductTotal(product, Currency.Canonical(currency), 0, 0, row.Payment.Quantity, money.AmountE4);
    }
}
