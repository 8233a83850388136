using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>Units that go on as if a write had done what it is all but sure to do, in batches where it does not: everybody gets the true answer, and nothing is kept
/// twice or lost. On PostgreSQL only: SQLite's units wait for each answer.</summary>
public sealed class ExpectationTests : PostgresStoreTests
{
    private const int Others = 12;

    [Fact]
    public async Task Of_units_that_draw_one_number_one_gets_it_and_their_batch_is_kept()
    {
        var orders = await TogetherAsync([.. Enumerable.Range(0, Others).Select(i => Insert(Order(i))), .. Enumerable.Range(0, 3).Select(_ => Insert(Order(99)))]);
        Assert.All(orders.Take(Others), Assert.True);
        Assert.Single(orders.Skip(Others), isMade => isMade);
        Assert.Equal(Others + 1, await CountAsync("orders"));
    }

    [Fact]
    public async Task Of_units_that_claim_one_payment_one_gets_it_and_the_others_learn_who()
    {
        var claims = await TogetherAsync(
            [.. Enumerable.Range(0, Others).Select(i => Claim(Order(i), "of-" + i)), .. Enumerable.Range(20, 3).Select(i => Claim(Order(i), "shared"))]);
        Assert.All(claims.Take(Others), claim => Assert.True(claim.IsClaimed));
        var winner = Assert.Single(claims.Skip(Others), claim => claim.IsClaimed);
        var holder = (await Store.ReadAsync(transaction => PaymentTable.FindPaidOrderAsync(transaction, PaymentOf("shared")), Now))!.Value;
        Assert.Equal(2, claims.Skip(Others).Count(claim => claim.Holder == holder));
        Assert.Null(winner.Holder);
        Assert.Equal(Others + 1, await CountAsync("payments"));
    }

    [Fact]
    public async Task An_order_that_moved_since_it_was_read_is_not_paid_and_the_others_are_once()
    {
        var orders = Enumerable.Range(0, Others).Select(Order).ToList();
        await TogetherAsync([.. orders.Select(Insert)]);
        var moved = orders[5];
        Assert.True(await Store.WriteAsync(transaction => OrderTable.MoveAsync(transaction, moved, new OrderState(PayState.Unpaid, Progress.Closed), "by hand", null, NowMs), Now));
        var paid = await TogetherAsync([.. orders.Select(Pay)]);
        Assert.Equal(orders.Select(order => order.Id != moved.Id), paid);
        Assert.Equal(Others - 1, await CountAsync("orders WHERE pay_state = 1 AND moves = 1"));
        Assert.Equal(1, await CountAsync("orders WHERE pay_state = 0 AND progress = 4 AND moves = 1 AND payment IS NULL"));

        // What is told of them: each move once, none of what was taken back.
        var notes = await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT changes FROM pending_changes ORDER BY id", row => row.GetString(0)), Now);
        var told = notes.SelectMany(text => System.Text.Json.Nodes.JsonNode.Parse($"[{text}]")!.AsArray()).Count();
        Assert.Equal(Others, told);
    }

    [Fact]
    public async Task A_payment_that_is_written_twice_at_once_pays_once()
    {
        var order = Order(1);
        await TogetherAsync([Insert(order)]);
        var paid = await TogetherAsync([Pay(order), Pay(order), Pay(order)]);
        Assert.Single(paid, isPaid => isPaid);
        Assert.Equal(1, await CountAsync("orders WHERE pay_state = 1 AND moves = 1"));
    }

    [Fact]
    public async Task A_unit_that_guessed_wrong_is_taken_back_and_runs_again_without_guesses()
    {
        await TogetherAsync([Insert(Order(7))]);
        var (ran, takenBack, kept) = (new List<bool>(), 0, 0);
        var isMade = await Store.WriteAsync(
            async transaction =>
            {
                ran.Add(transaction.IsOptimistic);
                transaction.AfterRollback(() => takenBack++);
                transaction.AfterCommit(() => kept++);
                return await OrderTable.InsertAsync(transaction, Order(7));
            },
            Now);
        Assert.False(isMade);
        Assert.Equal([true, false], ran);
        Assert.Equal((1, 1), (takenBack, kept));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_guess_is_found_in_any_round_and_beside_what_is_taken_back(bool takesBack)
    {
        await TogetherAsync([Insert(Order(7))]);
        var answers = await TogetherAsync(
        [
            .. Enumerable.Range(20, Others).Select(i => Insert(Order(i))),
            async transaction =>
            {
                var isMade = await OrderTable.InsertAsync(transaction, Order(7));
                await transaction.QueryAsync("SELECT 1", row => row.GetInt32(0));
                if (takesBack)
                {
                    await OrderTable.InsertAsync(transaction, Order(8));
                    await OrderTable.DeleteAsync(transaction, Order(8).Id);
                }
                return isMade;
            },
        ]);
        Assert.All(answers.Take(Others), Assert.True);
        Assert.False(answers[^1]);
        Assert.Equal(Others + 1, await CountAsync("orders"));
    }

    [Fact]
    public async Task After_a_wrong_guess_the_next_batches_do_not_guess_and_those_after_them_do()
    {
        await TogetherAsync([Insert(Order(7))]);
        for (var (wrong, pause) = (0, 8); wrong < 3; wrong++, pause *= 2)
        {
            Assert.Equal([true, false], await GuessesAsync(isWrong: true));
            for (var batch = 0; batch < pause; batch++)
            {
                Assert.Equal([false], await GuessesAsync(isWrong: false));
            }
        }
        Assert.Equal([true], await GuessesAsync(isWrong: false));
        Assert.Equal([true, false], await GuessesAsync(isWrong: true));
        for (var batch = 0; batch < 8; batch++)
        {
            Assert.Equal([false], await GuessesAsync(isWrong: true));
        }
        Assert.Equal([true], await GuessesAsync(isWrong: false));
    }

    [Fact]
    public async Task A_claim_that_is_likely_to_fail_is_not_guessed()
    {
        var ran = 0;
        for (var turn = 0; turn < 2; turn++)
        {
            var (isClaimed, _) = await Store.WriteAsync(
                transaction =>
                {
                    ran++;
                    return PaymentTable.ReserveAsync(transaction, PaymentOf("echo"), Order(turn).Id, NowMs, isExpected: false);
                },
                Now);
            Assert.Equal(turn == 0, isClaimed);
        }
        Assert.Equal(2, ran);
    }

    [Fact]
    public async Task What_a_unit_asks_for_runs_after_what_it_expects_whatever_its_batch_asks_for()
    {
        // The first unit pays an order that is there; the second makes one and pays it. Equal statements run as one, where the first of them stands: it must not
        // be before the second unit's order.
        var there = Order(1);
        await TogetherAsync([Insert(there)]);
        var made = Order(2);
        var paid = await TogetherAsync(
        [
            Pay(there),
            async transaction => await OrderTable.InsertAsync(transaction, made) && await OrderTable.PayAsync(transaction, made, s_paid, null, PaymentOf("made"), false, NowMs),
        ]);
        Assert.All(paid, Assert.True);
        Assert.Equal(2, await CountAsync("orders WHERE pay_state = 1 AND moves = 1"));
    }

    /// <summary>Whether each run of a unit that makes an order guessed.</summary>
    private async Task<List<bool>> GuessesAsync(bool isWrong)
    {
        var ran = new List<bool>();
        await Store.WriteAsync(
            transaction =>
            {
                ran.Add(transaction.IsOptimistic);
                return OrderTable.InsertAsync(transaction, Order(isWrong ? 7 : ++_next));
            },
            Now);
        return ran;
    }

    private int _next = 1000;

    private static readonly OrderState s_paid = new(PayState.Paid, Progress.Created);

    private Func<Transaction, ValueTask<bool>> Insert(Order order) => transaction => OrderTable.InsertAsync(transaction, order);

    private Func<Transaction, ValueTask<bool>> Pay(Order order) =>
        transaction => OrderTable.PayAsync(transaction, order, s_paid, reason: null, PaymentOf(order.Id.Value), isTest: false, NowMs);

    private Func<Transaction, ValueTask<(bool IsClaimed, OrderId? Holder)>> Claim(Order order, string transactionId) =>
        transaction => PaymentTable.ReserveAsync(transaction, PaymentOf(transactionId), order.Id, NowMs, isExpected: true);

    private static Payment PaymentOf(string transactionId) => new()
    {
        Channel = "google", Environment = Payment.Production, TransactionId = transactionId, ProductId = "gem", Quantity = 1, Money = new Money(60_000), Currency = "CNY", PurchasedMs = 1,
    };

    private Order Order(int number) => new()
    {
        Id = OrderId.FromStore($"1001{number:D6}"), GameId = 1001, ProductId = "gem", Money = new Money(60_000), Currency = "CNY", UserId = "u", CreatedMs = NowMs,
        ExpiresMs = NowMs + 60_000,
    };

    /// <summary>Runs the units in one batch: they wait while the writer waits for a lock.</summary>
    private async Task<T[]> TogetherAsync<T>(IReadOnlyList<Func<Transaction, ValueTask<T>>> units)
    {
        await using var other = await ConnectAsync();
        await RunAsync(other, "SELECT pg_advisory_lock(7)");
        var held = Store.WriteAsync(transaction => transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(7)"), Now);
        while ((await Store.ReadAsync(transaction => transaction.QueryAsync("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", row => 1), Now)).Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Now);
        }
        var running = units.Select(unit => Store.WriteAsync(unit, Now)).ToList();
        await RunAsync(other, "SELECT pg_advisory_unlock(7)");
        await held;
        return await Task.WhenAll(running);
    }
}
