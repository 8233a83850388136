using System.Globalization;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>Theirs against ours: every transaction of the statement is looked for here.</summary>
public sealed partial class Matching
{
    private static async ValueTask<Step> ReadLinesAsync(Transaction transaction, Reconciliation job)
    {
        // 1. A page of whole transactions: their lines lie together.
        var (after, afterLine) = Place.Read(job.Position, 2) is [var line, var key] ? (key, long.Parse(line, CultureInfo.InvariantCulture)) : ("", -1L);
        var sums = new List<TransactionSum>();
        var found = new List<Difference>();
        var walked = 0L;
        var isLast = false;
        while (!isLast)
        {
            var page = await StatementTable.LinesAsync(transaction, job.Id, after, afterLine, PageMax);
            isLast = page.Count < PageMax;
            foreach (var stored in page)
            {
                if (stored.Kind != (int)LineKind.Bad && (sums.Count == 0 || sums[^1].Key != stored.Key))
                {
                    if (sums.Count + found.Count >= PageMax)
                    {
                        // The first line of the next transaction: the page ends before it.
                        return await JudgeAsync(transaction, job, sums, found, walked, new(after, afterLine));
                    }
                    sums.Add(new TransactionSum(stored.Key));
                }
                walked++;
                (after, afterLine) = (stored.Key, stored.Number);
                if (stored.Kind == (int)LineKind.Bad)
                {
                    found.Add(new Difference { Kind = DifferenceKind.BadLine, Line = stored.Number, Detail = stored.Detail ?? "" });
                }
                else
                {
                    sums[^1].Add(stored, job);
                }
            }
        }
        return await JudgeAsync(transaction, job, sums, found, walked, end: null);
    }

    /// <param name="transaction">The unit.</param>
    /// <param name="job">The reconciliation before this step.</param>
    /// <param name="sums">The transactions of this step.</param>
    /// <param name="found">Bad lines.</param>
    /// <param name="walked">How many lines this step took.</param>
    /// <param name="end">The last line of the step; null: there is none behind it.</param>
    private static async ValueTask<Step> JudgeAsync(
        Transaction transaction, Reconciliation job, List<TransactionSum> sums, List<Difference> found, long walked, (string Key, long Line)? end)
    {
        var next = job with
        {
            Counts = job.Counts with { Walked = job.Counts.Walked + walked },
            State = end is null ? ReconciliationState.Payments : ReconciliationState.Lines,
            Position = end is var (key, line) ? Place.Write(line.ToString(CultureInfo.InvariantCulture), key) : "",
        };
        if (IsAggregate(job))
        {
            var totals = new List<ProductTotal>();
            foreach (var sum in sums)
            {
                totals.AddRange(sum.Prices.Select(price => new ProductTotal(sum.Key, price.Key, price.Value.Units, price.Value.AmountE4, 0, 0)));
                next = next with { Counts = next.Counts with { ReturnedUnits = StatementText.Add(next.Counts.ReturnedUnits, sum.ReturnedUnits) } };
            }
            return new Step(next, found, totals);
        }

        // 2. Who was paid by them, and the orders that they name: by key, many at a time.
        var holders = sums.ConvertAll(sum => PaymentTable.HolderAsync(transaction, job.Channel, Payment.Production, sum.Key));
        var ids = new List<OrderId?>(sums.Count);
        foreach (var holder in holders)
        {
            ids.Add((await holder) is [var id] ? id : null);
        }
        var orders = sums.Select((sum, i) => ids[i] ?? sum.NamedOrder).ToList().ConvertAll(id => id is { } known ? OrderTable.FindAsync(transaction, known) : ValueTask.FromResult<OrderRow?>(null));

        // 3. Each by itself.
        var counts = next.Counts;
        for (var i = 0; i < sums.Count; i++)
        {
            counts = Judge(job, sums[i], await orders[i], isPaidBy: ids[i] is not null, counts, found);
        }
        return new Step(next with { Counts = counts }, found, []);
    }

    private static ReconciliationCounts Judge(Reconciliation job, TransactionSum sum, OrderRow? row, bool isPaidBy, ReconciliationCounts counts, List<Difference> found)
    {
        if (row is not null && row.Order.GameId != job.GameId)
        {
            return counts with { OtherGames = counts.OtherGames + sum.Lines };
        }
        if (sum.ChargesOfTheDay > 0)
        {
            if (isPaidBy && row is null && sum.RefundedE4 >= sum.ChargedE4)
            {
                counts = counts with { Matched = counts.Matched + 1 };
            }
            else if (!isPaidBy || row is null)
            {
                found.Add(sum.Differs(DifferenceKind.MissingHere, row, (row, isPaidBy) switch
                {
                    (null, true) => "the purchase was refunded before it paid an order",
                    (null, _) => "no order has been paid by it",
                    ({ Payment: { } other }, _) => $"order {row.Order.Id} was paid by another payment: {other.TransactionId}; this one was paid as well",
                    _ => $"order {row.Order.Id} is {row.Order.State.Pay}/{row.Order.State.Progress}: it was not told of the payment",
                }));
                counts = counts with { MissingHere = counts.MissingHere + 1 };
            }
            else
            {
                counts = JudgeAmount(job, sum, row, counts, found);
            }
        }
        if (sum.RefundsOfTheDay > 0)
        {
            if (row is { Order.State.Pay: PayState.Refunded } || (isPaidBy && row is null))
            {
                counts = counts with { RefundsMatched = counts.RefundsMatched + 1 };
            }
            else
            {
                found.Add(sum.Differs(DifferenceKind.RefundedThere, row, row is null ? "no order has been paid by it"
                    : !isPaidBy ? $"order {row.Order.Id} was not paid by it"
                    : sum.RefundedE4 < Expected(row).Money.AmountE4 ? "a part was given back" : "given back there, not here"));
                counts = counts with { RefundedThere = counts.RefundedThere + 1 };
            }
        }
        return counts;
    }

    private static ReconciliationCounts JudgeAmount(Reconciliation job, TransactionSum sum, OrderRow row, ReconciliationCounts counts, List<Difference> found)
    {
        var (money, currency) = Expected(row);
        var isSameCurrency = !sum.IsMixed && Currency.Same(currency, sum.Currency);

        // Stores that sell in the buyer's currency, whatever the order says: there is nothing to compare then.
        if (!isSameCurrency && !sum.IsMixed && job.Channel == "google")
        {
            return counts with { Matched = counts.Matched + 1, OtherCurrency = counts.OtherCurrency + 1 };
        }
        // Tax stands in a line of its own where the store pays it; whether the order's price holds it depends on the country.
        if (isSameCurrency && sum.Charges == 1 && (sum.ChargedE4 == money.AmountE4 || StatementText.Add(sum.ChargedE4, sum.TaxE4) == money.AmountE4))
        {
            return counts with { Matched = counts.Matched + 1 };
        }
        found.Add(sum.Differs(
            DifferenceKind.AmountDiffers, row, sum.Charges > 1 ? $"charged {sum.Charges} times" : isSameCurrency ? "another amount" : "another currency"));
        return counts with { AmountDiffers = counts.AmountDiffers + 1 };
    }

    /// <summary>What the receipt said, and where it said nothing what the order is over.</summary>
    private static (Money Money, string Currency) Expected(OrderRow row) => (row.Payment?.Money ?? row.Order.Money, row.Payment?.Currency ?? row.Order.Currency);

    /// <summary>The lines of one transaction, added up.</summary>
    private sealed class TransactionSum(string key)
    {
        private long _firstLine = long.MaxValue;
        private long? _atMs;
        private string? _orderNumber;

        public string Key => key;

        public int Lines { get; private set; }

        public int Charges { get; private set; }

        public int ChargesOfTheDay { get; private set; }

        public int RefundsOfTheDay { get; private set; }

        public long ChargedE4 { get; private set; }

        public long TaxE4 { get; private set; }

        public long RefundedE4 { get; private set; }

        public long ReturnedUnits { get; private set; }

        public string Currency { get; private set; } = "";

        public bool IsMixed { get; private set; }

        /// <summary>Of an aggregate: what was sold in each currency.</summary>
        public Dictionary<string, (long Units, long AmountE4)> Prices { get; } = new(StringComparer.Ordinal);

        public OrderId? NamedOrder => OrderId.TryParse(_orderNumber, out var id) ? id : null;

        public void Add(StoredLine line, Reconciliation job)
        {
            Lines++;
            _firstLine = Math.Min(_firstLine, line.Number);
            _orderNumber ??= line.OrderNumber;
            var isOfTheDay = line.AtMs is not { } atMs || (atMs >= job.FromMs && atMs < job.ToMs);
            _atMs ??= line.AtMs;
            IsMixed |= Currency.Length > 0 && Currency != line.Currency;
            Currency = Currency.Length == 0 ? line.Currency : Currency;
            switch ((LineKind)line.Kind)
            {
                case LineKind.Charge:
                    Charges++;
                    ChargesOfTheDay += isOfTheDay ? 1 : 0;
                    ChargedE4 = StatementText.Add(ChargedE4, line.AmountE4);
                    var code = Model.Currency.Canonical(line.Currency);
                    var price = Prices.GetValueOrDefault(code);
                    Prices[code] = (StatementText.Add(price.Units, line.Units), StatementText.Add(price.AmountE4, line.AmountE4));
                    break;
                case LineKind.Refund:
                    RefundsOfTheDay += isOfTheDay ? 1 : 0;
                    RefundedE4 = StatementText.Add(RefundedE4, line.AmountE4);
                    ReturnedUnits = StatementText.Add(ReturnedUnits, line.Units);
                    break;
                default:
                    TaxE4 = StatementText.Add(TaxE4, line.AmountE4);
                    break;
            }
        }

        public Difference Differs(DifferenceKind kind, OrderRow? row, string detail) => new()
        {
            Kind = kind,
            TransactionId = key,
            OrderId = row?.Order.Id,
            ProductId = row?.Order.ProductId,
            Theirs = new Side(new Money(kind == DifferenceKind.RefundedThere ? RefundedE4 : ChargedE4), Currency, null),
            Ours = row is null || kind == DifferenceKind.MissingHere ? null : new Side(Expected(row).Money, Expected(row).Currency, null),
            AtMs = _atMs,
            Line = _firstLine,
            Detail = detail,
        };
    }
}
