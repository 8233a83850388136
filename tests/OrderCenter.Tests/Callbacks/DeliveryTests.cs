using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>The engine over real sockets: what is paid is told, as often as the schedule says, and every attempt is on record.</summary>
public sealed class DeliveryTests(DeliveryTests.Delivering service) : IClassFixture<DeliveryTests.Delivering>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Delivering : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task What_is_paid_is_told_at_once_and_only_sendproduct_delivers_it()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await receiver.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        var callback = await CallbackAsync(id, "delivered");
        Assert.Equal(("order.paid", receiver.OrderApi.ToString()), (callback.GetProperty("event").GetString(), callback.GetProperty("url").GetString()));
        var attempt = Assert.Single(callback.GetProperty("attempts").EnumerateArray());
        Assert.Equal(1, attempt.GetProperty("number").GetInt32());
        Assert.InRange(attempt.GetProperty("httpStatus").GetInt32(), 200, 299);
        Assert.Equal(0, receiver.Ledger.WrongSignatures);
        Assert.Equal("delivering", (await service.OrderAsync(id)).GetProperty("state").GetString());
        Assert.False((await game.SendProductAsync(id, Now)).IsDuplicate);
        Assert.Equal("delivered", (await service.OrderAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_refused_callback_is_tried_by_its_schedule_to_the_millisecond_under_one_id()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0, 5, 30, 0.25 } } });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        foreach (var (seconds, attempts) in new[] { (4.999, 1), (0.001, 2), (29.999, 2), (0.001, 3) })
        {
            service.Clock.Advance(TimeSpan.FromSeconds(seconds));
            await AttemptsAsync(id, attempts);
        }
        receiver.Faults.Clear();
        service.Clock.Advance(TimeSpan.FromMilliseconds(250));
        var callback = await CallbackAsync(id, "delivered");
        var started = callback.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("startedAt").GetDateTimeOffset()).ToList();
        Assert.Equal([5000, 30000, 250], started.Zip(started.Skip(1), (before, after) => (after - before).TotalMilliseconds));
        Assert.Single(receiver.Ledger.Arrivals().Select(arrival => arrival.WebhookId).Distinct());
    }

    [Fact]
    public async Task A_callback_that_is_exhausted_waits_for_a_person_who_sends_it_again()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.WrongCode);
        receiver.Faults.Always(Fault.Http(404));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0 } } });
        var id = await PaidAsync(game);
        var callback = await CallbackAsync(id, "exhausted");
        Assert.Equal("failed", (await service.OrderAsync(id)).GetProperty("state").GetString());
        var (_, list) = await service.CallAsync(HttpMethod.Get, $"/api/v1/callbacks?status=exhausted&gameId={game.GameId}");
        Assert.Equal(callback.GetProperty("id").GetString(), Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());

        receiver.Faults.Clear();
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback.GetProperty("id").GetString()}/redeliver");
        Assert.Equal(HttpStatusCode.Accepted, status);
        await CallbackAsync(id, "delivered");
    }

    [Fact]
    public async Task Retry_after_is_kept_and_410_ends_it()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(503, "60"));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        service.Clock.Advance(TimeSpan.FromSeconds(59));
        await AttemptsAsync(id, 1);
        receiver.Faults.Always(Fault.Http(410));
        service.Clock.Advance(TimeSpan.FromSeconds(2));
        await CallbackAsync(id, "exhausted");
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Redirect);
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        var attempt = (await AttemptsAsync(id, 1))[0];
        Assert.InRange(attempt.GetProperty("httpStatus").GetInt32(), 300, 399);
        Assert.Equal(0, receiver.Ledger.RedirectsFollowed);
    }

    [Fact]
    public async Task A_huge_answer_is_cut_and_four_kib_of_it_are_kept()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.HugeBody);
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        var attempt = (await AttemptsAsync(id, 1))[0];
        Assert.InRange(attempt.GetProperty("response").GetString()!.Length, 1, 4096);
    }

    [Fact]
    public async Task A_reset_connection_is_recorded_with_its_cause()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Reset);
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        var attempt = (await AttemptsAsync(id, 1))[0];
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("httpStatus").ValueKind);
        Assert.NotEmpty(attempt.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task A_disabled_apps_callbacks_are_held_and_go_out_when_it_is_enabled()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { disabled = true });
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await CallbackAsync(id, "held");
        receiver.Faults.Clear();
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { disabled = false });
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await CallbackAsync(id, "delivered");
    }

    [Fact]
    public async Task An_endpoint_never_has_more_calls_in_flight_than_its_app_allows()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(20)));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { maxConcurrency = 2 } });
        await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => PaidAsync(game)));
        await receiver.Ledger.WaitAsync(ledger => ledger.Grants == 24, Now);
        Assert.InRange(receiver.Ledger.InFlightMax, 1, 2);
        Assert.Equal((0, 0), (receiver.Ledger.Duplicates, receiver.Ledger.Overlaps));
    }

    [Fact]
    public async Task A_breaker_defers_without_spending_attempts_and_closes_after_one_probe()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = Enumerable.Repeat(0, 100), maxConcurrency = 5 } });
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PaidAsync(game)));
        await receiver.Ledger.WaitAsync(ledger => ledger.Faults >= 20, Now);
        var before = receiver.Ledger.Faults;
        await Eventually(async () => (await Task.WhenAll(ids.Select(CallbackAsync))).All(callback => callback.GetProperty("status").GetString() == "pending"));
        Assert.InRange(receiver.Ledger.Faults, before, before + 5);

        receiver.Faults.Clear();
        service.Clock.Advance(TimeSpan.FromSeconds(11));
        await receiver.Ledger.WaitAsync(ledger => ledger.Grants == 6, Now);
    }

    [Fact]
    public async Task A_bulk_redelivery_is_a_job_that_runs_to_its_end()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0 }, maxConcurrency = 100 } });
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PaidAsync(game)));
        foreach (var id in ids)
        {
            await CallbackAsync(id, "exhausted");
        }
        receiver.Faults.Clear();
        var (status, job) = await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = long.Parse(game.GameId), status = "exhausted" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        var jobs = service.Services.GetRequiredService<RedeliveryJobRunner>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => jobs.ProcessAllAsync(Now)));
        var (_, done) = await service.CallAsync(HttpMethod.Get, $"/api/v1/callbacks/jobs/{job.GetProperty("jobId").GetString()}");
        Assert.Equal(("done", 12), (done.GetProperty("state").GetString(), done.GetProperty("redelivered").GetInt64()));
        await Eventually(() =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(receiver.Ledger.Grants == 12);
        });
    }

    [Fact]
    public async Task A_refund_cancels_what_was_not_told_yet_and_is_told_itself()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        receiver.Faults.Clear();
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback" });
        await Eventually(async () => (await StatusesAsync(id)).SequenceEqual(["cancelled", "delivered"]));
    }

    [Fact]
    public async Task A_refund_while_the_game_is_called_ends_what_that_call_does_not_deliver()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Hang(TimeSpan.FromMinutes(1)));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await receiver.Ledger.WaitAsync(ledger => ledger.Arrivals().Count == 1, Now);
        receiver.Faults.Clear();
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback" });
        await Eventually(async () => (await StatusesAsync(id)).SequenceEqual(["delivering", "delivered"]));
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await Eventually(async () => (await StatusesAsync(id)).SequenceEqual(["cancelled", "delivered"]));
        Assert.Contains("no answer", (await CallbackAsync(id)).GetProperty("attempts")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refunded_after_its_callback_was_exhausted_is_not_sent_again_by_a_person_or_a_job()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0 } } });
        var id = await PaidAsync(game);
        var callback = await CallbackAsync(id, "exhausted");
        receiver.Faults.Clear();
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback" });
        await Eventually(async () => (await StatusesAsync(id)).SequenceEqual(["cancelled", "delivered"]));

        var (status, problem) = await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback.GetProperty("id").GetString()}/redeliver");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("refunded", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        var (_, job) = await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = long.Parse(game.GameId), status = "cancelled" });
        await Eventually(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await service.CallAsync(HttpMethod.Get, $"/api/v1/callbacks/jobs/{job.GetProperty("jobId").GetString()}")).Json is var now
                && now.GetProperty("state").GetString() == "done" && now.GetProperty("redelivered").GetInt64() == 0;
        });
        Assert.Equal(["cancelled", "delivered"], await StatusesAsync(id));
    }

    [Fact]
    public async Task What_waits_though_its_order_is_held_is_cancelled_where_it_would_be_sent()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        receiver.Faults.Clear();

        // As it is where the order is held between the read and the write of an outcome: the callback waits, the order is in review.
        await ChangeAsync("UPDATE orders SET progress = 5, moves = moves + 1 WHERE order_id = $1", id);
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        var callback = await CallbackAsync(id, "cancelled");
        Assert.Contains("not sent", callback.GetProperty("attempts")[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Single(receiver.Ledger.Arrivals());
    }

    [Fact]
    public async Task What_is_held_though_its_app_is_open_is_let_go()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);
        receiver.Faults.Clear();

        // As another node does that has not seen yet that the app was opened.
        await ChangeAsync("UPDATE callbacks SET status = 4, due_ms = NULL WHERE order_id = $1", id);
        await Eventually(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await CallbackAsync(id)).GetProperty("status").GetString() == "delivered";
        });
    }

    [Fact]
    public async Task A_step_of_a_bulk_redelivery_is_taken_once_whatever_a_second_node_read_before()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        await CallbackAsync(id, "delivered");
        await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = long.Parse(game.GameId), status = "delivered" });
        var jobs = service.Services.GetRequiredService<RedeliveryJobRunner>();
        var job = (await jobs.ListOpenAsync(Now)).Single(job => job.Job.GameId == long.Parse(game.GameId));
        Assert.Equal(1, await jobs.ProcessPageAsync(job, Now));
        await Eventually(async () => (await CallbackAsync(id)).GetProperty("attempts").GetArrayLength() == 2 && (await StatusesAsync(id)).SequenceEqual(["delivered"]));
        Assert.Equal(0, await jobs.ProcessPageAsync(job, Now));
    }

    [Fact]
    public async Task A_fault_of_our_own_costs_a_step_of_the_schedule()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = new[] { 0, 5 } } });
        var id = await PaidAsync(game);
        await AttemptsAsync(id, 1);

        // An address that is refused today, as it may stand in a row of before.
        await ChangeAsync("UPDATE callbacks SET url = 'http://\u05d0a.com:5999/x' WHERE order_id = $1", id);
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("could not be handled", (await CallbackAsync(id, "exhausted")).GetProperty("attempts")[1].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_again_goes_to_where_the_app_has_it_go_now()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/mistyped", callback = new { retrySeconds = new[] { 0 } } });
        var (one, many) = (await PaidAsync(game), await PaidAsync(game));
        var callback = await CallbackAsync(one, "exhausted");
        await CallbackAsync(many, "exhausted");
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { callbackUrl = receiver.OrderApi });
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback.GetProperty("id").GetString()}/redeliver");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(receiver.OrderApi.ToString(), (await CallbackAsync(one, "delivered")).GetProperty("url").GetString());
        await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = long.Parse(game.GameId), status = "exhausted" });
        await Eventually(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await CallbackAsync(many)).GetProperty("status").GetString() == "delivered";
        });
    }

    [Fact]
    public async Task A_callback_of_an_old_order_takes_no_id_that_was_told_before()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        var id = await PaidAsync(game);
        var told = (await CallbackAsync(id, "delivered")).GetProperty("id").GetString();
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await ChangeAsync("DELETE FROM callbacks WHERE order_id = $1", id);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "a court's order" });
        Assert.NotEqual(told, (await CallbackAsync(id, "delivered")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Every_secret_that_is_valid_signs_the_headers()
    {
        await using var receiver = await ReceiverAsync();
        var game = await service.NewGameAsync(new { callbackUrl = receiver.OrderApi });
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/secrets", new { secret = "the new one of two", previousValidSeconds = 600 });
        await PaidAsync(game);
        await receiver.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        Assert.Equal(2, receiver.Ledger.Arrivals()[0].Headers["webhook-signature"].Split(' ').Length);
    }

    private static async Task<GameServer> ReceiverAsync() =>
        await GameServer.StartAsync(new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var created = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{created.PlatOrderId}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") });
        Assert.Equal(HttpStatusCode.OK, status);
        return created.PlatOrderId;
    }

    private Task<int> ChangeAsync(string sql, string orderId) =>
        service.Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.ExecuteAsync(sql, orderId), Now);

    private async Task<List<string?>> StatusesAsync(string orderId) =>
        [.. (await service.OrderAsync(orderId)).GetProperty("callbacks").EnumerateArray().Select(callback => callback.GetProperty("status").GetString())];

    private async Task<JsonElement> CallbackAsync(string orderId) => (await service.OrderAsync(orderId)).GetProperty("callbacks")[0];

    private async Task<JsonElement> CallbackAsync(string orderId, string status)
    {
        await Eventually(async () => (await CallbackAsync(orderId)).GetProperty("status").GetString() == status);
        return await CallbackAsync(orderId);
    }

    /// <summary>Waits until that many attempts have ended, and no more have begun.</summary>
    private async Task<JsonElement[]> AttemptsAsync(string orderId, int count)
    {
        await Eventually(async () =>
        {
            var callback = await CallbackAsync(orderId);
            return callback.GetProperty("status").GetString() != "delivering" && callback.GetProperty("attempts").GetArrayLength() >= count;
        });
        var attempts = (await CallbackAsync(orderId)).GetProperty("attempts").EnumerateArray().ToArray();
        Assert.Equal(count, attempts.Length);
        return attempts;
    }

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
