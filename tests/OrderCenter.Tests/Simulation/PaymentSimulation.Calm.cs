using OrderCenter.Persistence.Tables;

namespace OrderCenter.Tests.Simulation;

/// <summary>A process that dies, and the calm in which everything that is repeated comes in, until nothing waits any more.</summary>
internal sealed partial class PaymentSimulation
{
    /// <summary>What a process that died leaves: an order that followed a notification which is still to be read.</summary>
    private async Task CrashAsync()
    {
        if (!OneIn(4))
        {
            return;
        }
        var read = await world.QueryAsync("SELECT notification_key FROM notifications WHERE game_id = $1 AND state <> 0 ORDER BY received_ms, notification_id", row => row.GetString(0), _app.GameId);
        if (read.Count > 0)
        {
            await world.ExecuteAsync("UPDATE notifications SET state = 0, due_ms = $2, lease_until_ms = 0, outcome = NULL, done_ms = NULL WHERE notification_key = $1", read[_random.Next(read.Count)], world.NowMs);
        }
    }

    private async Task CalmAsync()
    {
        await SetDownAsync(false);
        (world.Main.WeChat.IsRefundSlow, world.Other.WeChat.IsRefundSlow) = (false, false);
        foreach (var finish in _slow)
        {
            finish();
        }
        foreach (var repeat in _repeated.Concat(_presented).Concat(_repeated.Where(_ => OneIn(2))).OrderBy(_ => _random.Next()).ToList())
        {
            await MutateAsync();
            await repeat();
            if (OneIn(4))
            {
                world.PassLease();
                await world.DoRoundAsync(polls: false);
            }
        }
        for (var i = 0; i < 80 && (i < 4 || await WaitsAsync()); i++)
        {
            world.Pass(31 * Minute);
            await world.DoRoundAsync(polls: i is 0 or 3);
        }
        foreach (var order in _orders.FindAll(order => order.Channel == "shop"))
        {
            await RecheckAsync(order);
        }
        foreach (var present in _presented)
        {
            await present();
        }
        foreach (var order in _orders)
        {
            await HandOverAsync(order);
            await HandOverAsync(order);
        }
        world.Pass(Minute);
        await world.DoRoundAsync(polls: false);
    }

    private async Task<bool> WaitsAsync() => (await world.QueryAsync(
        "SELECT (SELECT count(*) FROM notifications WHERE state = 0) + (SELECT count(*) FROM payment_lookups WHERE due_ms IS NOT NULL) + (SELECT count(*) FROM refunds WHERE due_ms IS NOT NULL)", row => row.GetInt64(0)))[0] > 0;

    private Task<int> MutateAsync() => mutant switch
    {
        PaymentMutant.ClaimsForgotten => world.ExecuteAsync("DELETE FROM payments"),
        PaymentMutant.WordsForgotten => world.ExecuteAsync("DELETE FROM refund_events"),
        PaymentMutant.PartsCountedTwice => world.ExecuteAsync("UPDATE refunds SET refund_id = refund_id || 'x' WHERE refund_id <> ''"),
        _ => Task.FromResult(0),
    };

    /// <summary>So that what is judged is what came of the broken rule, and not the rows that are gone.</summary>
    private async Task RestoreClaimsAsync()
    {
        foreach (var order in _orders)
        {
            if ((await world.Orders.FindAsync(order.Id, Now))!.Payment is { } payment)
            {
                await world.Store.WriteAsync(transaction => PaymentTable.ReserveAsync(transaction, payment, order.Id, 1, isExpected: true), Now);
            }
        }
    }
}
