using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Accounts;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Accounts;

/// <summary>The ledger over a real store: whatever is done in whatever order, lines add up, balances are their sums, and nobody spends what he has not.</summary>
public sealed class LedgerTests : IAsyncLifetime
{
    private const long GameId = 1001;

    private readonly TestDatabase _database = new();
    private readonly ManualClock _clock = new();
    private Database? _store;
    private int _users;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => _store!;

    private Users Users => new(Store, _clock);

    private PointsLedger Ledger => new(Store, _clock);

    private enum Kind
    {
        Post,
        Debit,
        ClawBack,
    }

    /// <summary>One step; keys and reasons are few, so that they repeat.</summary>
    private sealed record Step(Kind Kind, int Amount, int Key, int Reason);

    public async ValueTask InitializeAsync()
    {
        _store = new Database(_database.Options, _clock, NullLoggerFactory.Instance);
        await _store.OpenAsync(Now);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public void Every_history_agrees_with_a_ledger_on_paper()
    {
        var steps =
            from kind in Gen.Elements(Kind.Post, Kind.Post, Kind.Debit, Kind.ClawBack)
            from amount in Gen.Choose(kind == Kind.Post ? -20 : 1, 20)
            from key in Gen.Choose(0, 5)
            from reason in Gen.Choose(0, 1)
            select new Step(kind, amount == 0 ? 1 : amount, key, reason);
        Prop.ForAll(steps.ListOf().ToArbitrary(), AgreesAsync).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40));
    }

    [Fact]
    public async Task The_same_key_is_answered_as_the_first_time_and_other_content_is_a_conflict()
    {
        var uid = await NewUserAsync();
        Assert.Equal(new PostOutcome.Posted(new Points(100_000)), await PostAsync(uid, 100_000, "k"));
        Assert.Equal(new PostOutcome.Posted(new Points(70_000)), await PostAsync(uid, -30_000, "other"));
        Assert.Equal(new PostOutcome.Repeated(new Points(100_000)), await PostAsync(uid, 100_000, "k"));
        Assert.Equal(new PostOutcome.Different(), await PostAsync(uid, 99_999, "k"));
        Assert.Equal(new PostOutcome.Different(), await Ledger.PostAsync(uid, new Points(100_000), "another reason", "k", "admin", Now));
        Assert.Equal(new Points(70_000), await Ledger.BalanceAsync(uid, Now));
    }

    [Fact]
    public async Task A_key_by_hand_is_not_an_orders_key()
    {
        var uid = await NewUserAsync();
        await PostAsync(uid, 100_000, "order:1");
        Assert.True(await DebitAsync(uid, 40_000, "order:1"));
        Assert.True(await DebitAsync(uid, 40_000, "order:1"));
        Assert.False(await DebitAsync(uid, 50_000, "order:1"));
        Assert.Equal(new Points(60_000), await Ledger.BalanceAsync(uid, Now));
    }

    [Fact]
    public async Task A_debit_that_does_not_suffice_does_nothing_and_a_clawback_owes()
    {
        var uid = await NewUserAsync();
        await PostAsync(uid, 50_000, "k");
        Assert.False(await DebitAsync(uid, 50_001, "order:1"));
        Assert.True(await DebitAsync(uid, 50_000, "order:2"));
        Assert.True(await ClawBackAsync(uid, 50_000, "refund:1"));
        Assert.Equal("-5", (await Ledger.BalanceAsync(uid, Now)).ToString());

        // Who owes spends nothing and gives nothing back, but may be given less than what he owes.
        Assert.False(await DebitAsync(uid, 1, "order:3"));
        Assert.Equal(new PostOutcome.Insufficient(new Points(-50_000)), await PostAsync(uid, -1, "less"));
        Assert.Equal(new PostOutcome.Posted(new Points(-20_000)), await PostAsync(uid, 30_000, "more"));
    }

    [Fact]
    public async Task Nobody_has_no_account()
    {
        Assert.Equal(new PostOutcome.NotFound(), await PostAsync("nobody", 1, "k"));
        Assert.Null(await Ledger.BalanceAsync("nobody", Now));
        Assert.False(await DebitAsync("nobody", 1, "order:1"));
        Assert.False(await ClawBackAsync("nobody", 1, "refund:1"));
        Assert.Equal(0, await NumberAsync("SELECT count(*) FROM points_postings WHERE uid = $1", "nobody"));
    }

    [Fact]
    public async Task A_balance_passes_its_bounds_in_neither_direction()
    {
        var uid = await NewUserAsync();
        Assert.Equal(new PostOutcome.Posted(new Points(Points.MaxE4)), await PostAsync(uid, Points.MaxE4, "all"));
        Assert.Equal(new PostOutcome.TooLarge(new Points(Points.MaxE4)), await PostAsync(uid, 1, "more"));
        Assert.True(await ClawBackAsync(uid, Points.MaxE4, "refund:1"));
        Assert.True(await ClawBackAsync(uid, Points.MaxE4, "refund:2"));
        Assert.False(await ClawBackAsync(uid, 1, "refund:3"));
        Assert.Equal(new Points(-Points.MaxE4), await Ledger.BalanceAsync(uid, Now));
    }

    [Fact]
    public async Task Fifty_postings_of_one_key_at_once_are_one()
    {
        var uid = await NewUserAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(uid, 10_000, "k")));
        Assert.Single(outcomes.OfType<PostOutcome.Posted>());
        Assert.Equal(49, outcomes.Count(outcome => outcome == new PostOutcome.Repeated(new Points(10_000))));
        Assert.Equal(new Points(10_000), await Ledger.BalanceAsync(uid, Now));
    }

    [Fact]
    public async Task A_hundred_debits_at_once_never_go_below_zero()
    {
        var uid = await NewUserAsync();
        await PostAsync(uid, 370, "k");
        var debits = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => DebitAsync(uid, 10, "order:" + i)));
        Assert.Equal((37, new Points(0)), (debits.Count(isDebited => isDebited), await Ledger.BalanceAsync(uid, Now)));
    }

    private async Task AgreesAsync(IList<Step> history)
    {
        var uid = await NewUserAsync();
        var kept = new Dictionary<(Kind, int), (Step Step, long Balance)>();
        var balance = 0L;
        foreach (var step in history)
        {
            var amount = step.Kind == Kind.Post ? step.Amount : -step.Amount;
            var isPossible = amount > 0 || step.Kind == Kind.ClawBack || balance + amount >= 0;
            PostOutcome expected;
            if (kept.TryGetValue((step.Kind, step.Key), out var first))
            {
                expected = first.Step == step ? new PostOutcome.Repeated(new Points(first.Balance)) : new PostOutcome.Different();
            }
            else if (isPossible)
            {
                balance += amount;
                kept.Add((step.Kind, step.Key), (step, balance));
                expected = new PostOutcome.Posted(new Points(balance));
            }
            else
            {
                expected = new PostOutcome.Insufficient(new Points(balance));
            }
            var reason = "reason " + step.Reason;
            if (step.Kind == Kind.Post)
            {
                Assert.Equal(expected, await Ledger.PostAsync(uid, new Points(amount), reason, "k" + step.Key, "admin", Now));
            }
            else
            {
                var isDone = await (step.Kind == Kind.Debit ? DebitAsync(uid, -amount, "order:" + step.Key, reason) : ClawBackAsync(uid, -amount, "refund:" + step.Key, reason));
                Assert.Equal(expected is PostOutcome.Posted or PostOutcome.Repeated, isDone);
            }
            Assert.Equal(new Points(balance), await Ledger.BalanceAsync(uid, Now));
        }
        Assert.Equal(kept.Count, await NumberAsync("SELECT count(*) FROM points_postings WHERE uid = $1", uid));
        Assert.Equal(0, await NumberAsync("SELECT count(*) FROM (SELECT posting_key FROM points_lines WHERE uid = $1 GROUP BY posting_key HAVING sum(amount_e4) <> 0 OR count(*) <> 2) AS unbalanced", uid));
        Assert.Equal(balance, await NumberAsync("SELECT coalesce(sum(amount_e4), 0) FROM points_lines WHERE uid = $1 AND account = 'user'", uid));
        var spent = kept.Where(entry => entry.Key.Item1 == Kind.Debit).Sum(entry => entry.Value.Step.Amount);
        Assert.Equal(spent, await NumberAsync("SELECT coalesce(sum(amount_e4), 0) FROM points_lines WHERE uid = $1 AND account = $2", uid, "spent:" + GameId));
    }

    private async Task<string> NewUserAsync()
    {
        var uid = "u" + Interlocked.Increment(ref _users);
        await Users.PutAsync(uid, "account", "name", Now);
        return uid;
    }

    private Task<PostOutcome> PostAsync(string uid, long amountE4, string key) => Ledger.PostAsync(uid, new Points(amountE4), "reason", key, "admin", Now);

    private Task<bool> DebitAsync(string uid, long amountE4, string key, string reason = "reason") =>
        Store.WriteAsync(transaction => PointsLedger.DebitAsync(transaction, uid, GameId, new Money(amountE4), key, reason, 0), Now);

    private Task<bool> ClawBackAsync(string uid, long amountE4, string key, string reason = "reason") =>
        Store.WriteAsync(transaction => PointsLedger.ClawBackAsync(transaction, uid, new Money(amountE4), key, reason, "store", 0), Now);

    private async Task<long> NumberAsync(string sql, params object?[] parameters) =>
        (await Store.ReadAsync(transaction => transaction.QueryAsync(sql, row => row.GetInt64(0), parameters), Now)).Single();
}
