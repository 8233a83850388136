using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Payments.Statements;
using OrderCenter.Persistence.Tables;
using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The sums of a statement's lines about one transaction, or about one product in an aggregate.</summary>
internal sealed class TransactionSum(string key, bool hasProductIds)
{
    /// <summary>Of a transaction with more refunds on a day, those beyond are compared as one.</summary>
    private const int RefundsMax = 100;

    /// <summary>How far the clocks of a store and of ours may differ.</summary>
    private const long ClockToleranceMs = 5 * 60 * 1000;

    private readonly List<StatementRefund> _refunds = [];
    private long _firstLine = long.MaxValue;
    private long? _atMs;
    private string? _orderNumber;
    private string? _product;

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

    public bool HasSeveralCurrencies { get; private set; }

    /// <summary>What was sold, by currency.</summary>
    public Dictionary<string, (long Units, long AmountE4)> Prices { get; } = new(StringComparer.Ordinal);

    public OrderId? NamedOrder => OrderId.TryParse(_orderNumber, out var id) ? id : null;

    public void Add(StoredStatementLine line, ReconciliationRun run)
    {
        Lines++;
        _firstLine = Math.Min(_firstLine, line.Number);
        _orderNumber ??= line.OrderNumber;
        _product ??= line.Product;
        var isOfTheDay = line.AtMs is not { } atMs || (atMs >= run.FromMs && atMs < run.ToMs);
        _atMs ??= line.AtMs;
        HasSeveralCurrencies |= Currency.Length > 0 && Currency != line.Currency;
        Currency = Currency.Length == 0 ? line.Currency : Currency;
        switch ((LineKind)line.Kind)
        {
            case LineKind.Charge:
                Charges++;
                ChargesOfTheDay += isOfTheDay ? 1 : 0;
                ChargedE4 = StatementText.Add(ChargedE4, line.AmountE4);
                var code = Domain.Currency.Canonical(line.Currency);
                var price = Prices.GetValueOrDefault(code);
                Prices[code] = (StatementText.Add(price.Units, line.Units), StatementText.Add(price.AmountE4, line.AmountE4));
                break;
            case LineKind.Refund:
                RefundsOfTheDay += isOfTheDay ? 1 : 0;
                if (line.AmountE4 == 0)
                {
                    // Nothing went back.
                }
                else if (isOfTheDay && _refunds.Count < RefundsMax)
                {
                    _refunds.Add(new StatementRefund(line.RefundNumber, line.AmountE4, line.Number, line.AtMs));
                }
                else if (isOfTheDay)
                {
                    _refunds[^1] = _refunds[^1] with { Number = null, AmountE4 = StatementText.Add(_refunds[^1].AmountE4, line.AmountE4) };
                }
                RefundedE4 = StatementText.Add(RefundedE4, line.AmountE4);
                ReturnedUnits = StatementText.Add(ReturnedUnits, line.Units);
                break;
            default:
                TaxE4 = StatementText.Add(TaxE4, line.AmountE4);
                break;
        }
    }

    /// <summary>The refunds of the day that are not known here: by number and money, done or asked for; by money where no number fits; or
    /// as a part of the sum that the store reported since.</summary>
    public List<StatementRefund> FindUnknown(IReadOnlyCollection<Refund> refunds)
    {
        // 1. The single refunds.
        var left = refunds.Where(refund => refund is { State: RefundState.Done, Number: not Refund.SumNumber }).ToList();
        var singleE4 = left.Sum(refund => (decimal)refund.Money.AmountE4);
        var unknown = new List<StatementRefund>();
        foreach (var line in _refunds.OrderBy(line => line.Number is null))
        {
            bool HasNumber(Refund refund) =>
                line.Number is { } number && (refund.Number == number || refund.StoreNumber == number);
            if (refunds.Any(refund => refund.IsOpen && HasNumber(refund) && refund.Money.AmountE4 == line.AmountE4))
            {
                continue;
            }
            var same = left.Find(HasNumber);
            var known = same ?? left.Find(
                refund => refund.Money.AmountE4 == line.AmountE4 && (line.Number is null || !refund.IsAtStore));
            if (known is not null)
            {
                left.Remove(known);
            }
            if (known is null || known.Money.AmountE4 != line.AmountE4)
            {
                unknown.Add(line with { Other = same });
            }
        }

        // 2. What the store's own sum holds beyond them.
        var sum = refunds.FirstOrDefault(refund => refund is { State: RefundState.Done, Number: Refund.SumNumber });
        var summedE4 = (sum?.Money.AmountE4 ?? 0) - singleE4;
        return [.. unknown.OrderBy(line => line.AtMs).Where(line => !IsInSum(line))];

        bool IsInSum(StatementRefund line)
        {
            var isIn = sum is not null && line.Other is null && line.AmountE4 <= summedE4
                && (line.AtMs ?? 0) <= sum.ReportedMs + ClockToleranceMs;
            summedE4 -= isIn ? line.AmountE4 : 0;
            return isIn;
        }
    }

    /// <param name="refund">The refund that it is about.</param>
    /// <param name="kind">What is wrong.</param>
    /// <param name="row">The order.</param>
    /// <param name="back">What is known here to have gone back of its payment.</param>
    /// <param name="isPart">As <see cref="Discrepancy.IsPart"/>.</param>
    /// <param name="detail">In words.</param>
    public Discrepancy ToDiscrepancy(
        StatementRefund refund, DiscrepancyKind kind, OrderRow row, Money back, bool isPart, string detail) =>
        ToDiscrepancy(kind, row, detail) with
        {
            Theirs = new DiscrepancySide(new Money(refund.AmountE4), Currency, null),
            Ours = refund.Other is { } other ? new DiscrepancySide(other.Money, ExpectedAmount.Of(row).Currency, null)
                : ExpectedAmount.Of(row).Side,
            AtMs = refund.AtMs,
            Line = refund.Line,
            IsPart = isPart,
            RefundNumber = refund.Number,
            BackBefore = back,
        };

    public Discrepancy ToDiscrepancy(DiscrepancyKind kind, OrderRow? row, string detail) => new()
    {
        Kind = kind,
        TransactionId = key,
        OrderId = row?.Order.Id,
        ProductId = row?.Order.ProductId ?? (hasProductIds ? _product : null),
        Theirs = new DiscrepancySide(new Money(kind == DiscrepancyKind.RefundedThere ? RefundedE4 : ChargedE4), Currency, null),
        Ours = row is null || kind == DiscrepancyKind.MissingHere ? null : ExpectedAmount.Of(row).Side,
        AtMs = _atMs,
        Line = _firstLine,
        // Stores that give no product id give the title that the player saw.
        Detail = row is not null || hasProductIds || _product is null ? detail : $"{detail}; the statement calls it {_product}",
    };
}
