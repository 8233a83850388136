using OrderCenter.Domain;
using OrderCenter.Orders;

namespace OrderCenter.ProviderSync;

/// <summary>Payment queries that anybody can cause through an unsigned endpoint: one at a time for an order, a budget for each app, only
/// with numbers that can be the store's, and a purchase that contradicts the order changes nothing. The limits are this node's.</summary>
public sealed class PaymentChecks(PaymentQueries queries, OrderMetrics metrics, TimeProvider clock)
{
    private const string NotANumber = "not a number of the platform";
    private const string AskedBefore = "asked a moment ago";
    private const string TooMany = "too many checks";
    private const string BudgetOfApp = "budget of the app";

    /// <summary>A store is queried at most once in this time for an order, whatever numbers are claimed.</summary>
    private static readonly TimeSpan CheckPause = TimeSpan.FromSeconds(3);

    /// <summary>How many orders' checks are remembered; beyond it no store is queried until some are older than the pause.</summary>
    private const int ChecksMax = 10_000;

    /// <summary>The budget of an app: queries a second, and the burst after an idle time.</summary>
    private const double AppChecksPerSecond = 20;
    private const double AppChecksMax = 60;

    private readonly Dictionary<OrderId, Check> _checks = [];

    /// <summary>At most one entry for each app.</summary>
    private readonly Dictionary<long, Budget> _budgets = [];
    private readonly Lock _lock = new();

    /// <summary>Why a check is made without a query, as it is counted.</summary>
    public static IReadOnlyList<string> SkipCauses { get; } = [NotANumber, AskedBefore, TooMany, BudgetOfApp];

    /// <summary>Queries a store for a check. Concurrent checks of an order, and those of the next seconds, share one call.</summary>
    /// <param name="app">The order's app.</param>
    /// <param name="order">The order.</param>
    /// <param name="channel">A channel that <see cref="PaymentQueries.CanQuery"/>.</param>
    /// <param name="transaction">The store's number, as the checker says; believed only as far as the store confirms it.</param>
    /// <param name="cancellationToken">Ends the wait, not the call that others wait for too.</param>
    /// <returns><see cref="PaymentOutcome.Held"/> only where the order's payment was too late.</returns>
    public Task<PaymentOutcome> CheckAsync(App app, Order order, string channel, string transaction, CancellationToken cancellationToken)
    {
        var query = queries.Find(channel)!;
        if (!query.IsTransactionId(transaction) && !(query.FindsByOrderId && transaction == order.Id.Value))
        {
            return Refuse(NotANumber, new PaymentOutcome.Refused($"platform_order_id is not a number of {channel}"));
        }

        // Where the store is queried by our order id, the claimed number makes no difference.
        var key = query.FindsByOrderId ? channel : $"{channel}:{transaction}";
        Check? check;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_checks.TryGetValue(order.Id, out check) && clock.GetElapsedTime(check.Started, now) < CheckPause)
            {
                return check.Key == key
                    ? check.Outcome.WaitAsync(cancellationToken)
                    : Refuse(
                        AskedBefore,
                        new PaymentOutcome.TryLater("the platform was asked about this order a moment ago; check again in a few seconds"));
            }
            if (_checks.Count >= ChecksMax && !_checks.ContainsKey(order.Id) && !TryRemoveOld(now))
            {
                return Refuse(TooMany, new PaymentOutcome.TryLater("too many checks at once"));
            }
            if (!TryConsumeBudget(app.GameId, now))
            {
                return Refuse(
                    BudgetOfApp,
                    new PaymentOutcome.TryLater("too many checks of this game wait for the platform; check again in a few seconds"));
            }
            var outcome = Task.Run(
                () => queries.QueryAsync(app, order, channel, transaction, holdsContradictions: false, CancellationToken.None),
                CancellationToken.None);
            check = new Check(key, outcome, now);
            _checks[order.Id] = check;
        }
        return check.Outcome.WaitAsync(cancellationToken);
    }

    private Task<PaymentOutcome> Refuse(string cause, PaymentOutcome outcome)
    {
        metrics.CountSkippedCheck(cause);
        return Task.FromResult(outcome);
    }

    /// <summary>A token bucket that fills by the monotonic clock, so that a changed system time has no effect.</summary>
    private bool TryConsumeBudget(long gameId, long now)
    {
        var left = _budgets.TryGetValue(gameId, out var budget)
            ? Math.Min(AppChecksMax, budget.Left + (clock.GetElapsedTime(budget.At, now).TotalSeconds * AppChecksPerSecond))
            : AppChecksMax;
        var isConsumed = left >= 1;
        _budgets[gameId] = new Budget(isConsumed ? left - 1 : left, now);
        return isConsumed;
    }

    /// <returns>False: none is older than the pause.</returns>
    private bool TryRemoveOld(long now)
    {
        foreach (var old in _checks.Where(check => clock.GetElapsedTime(check.Value.Started, now) >= CheckPause).Select(
            check => check.Key).ToList())
        {
            _checks.Remove(old);
        }
        return _checks.Count < ChecksMax;
    }

    private sealed record Check(string Key, Task<PaymentOutcome> Outcome, long Started);

    private readonly record struct Budget(double Left, long At);
}
