using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders.ProviderEvents;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Orders;

/// <summary>Two apps of one account are told of two events of a payment at the same moment, and what one is about to do is held up until the other is done: the newest
/// event stands. Only PostgreSQL runs two transactions at once.</summary>
public sealed class RefundEventRaceTests(Service service) : IClassFixture<Service>
{
    private const string Store = "apple";
    private int _tries;

    private ProviderEventHandler Events => service.Services.GetRequiredService<ProviderEventHandler>();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <param name="isOldRefund">The older event, which is held up, is a refund and the newer one its reversal; or the other way round, after a first refund.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Older_event_that_is_held_up_while_another_app_is_told_of_the_newer_one_changes_nothing(bool isOldRefund)
    {
        Assert.SkipUnless(service.Services.GetRequiredService<IConfiguration>()["Storage:Engine"] == DatabaseOptions.Postgres, "SQLite has one writer");
        var (one, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var payment = new Payment { Channel = Store, Environment = Payment.Production, TransactionId = "t" + Guid.NewGuid().ToString("N") };
        if (!isOldRefund)
        {
            await TellAsync(one, payment, isRefund: true, reportedMs: 2);
        }

        // Somebody holds the payment's row, or is about to write it.
        await using var connection = new NpgsqlConnection(service.Services.GetRequiredService<IConfiguration>().GetConnectionString("OrderCenter"));
        await connection.OpenAsync(Now);
        await using var holding = await connection.BeginTransactionAsync(Now);
        await ExecuteAsync(
            connection, isOldRefund
                ? "INSERT INTO payments (channel, environment, transaction_id, order_id, settled_ms) VALUES ($1, $2, $3, 'x', 1)"
                : "SELECT 1 FROM payments WHERE channel = $1 AND environment = $2 AND transaction_id = $3 FOR UPDATE",
            payment.Channel, payment.Environment, payment.TransactionId);
        var old = TellAsync(one, payment, isOldRefund, reportedMs: 3);
        await Platforms.Eventually(async () => await WaitingAsync(connection) == 1);
        var newer = TellAsync(other, payment, !isOldRefund, reportedMs: 4);
        // The newer one is done, or waits too: in another session, or behind the older one, which gives up after two seconds and tries again.
        await Platforms.Eventually(async () => newer.IsCompleted || await WaitingAsync(connection) == 2 || (_tries > 0 && await IsStoredAsync(connection, payment)));
        await holding.RollbackAsync(Now);
        await Task.WhenAll(old, newer);

        // The newer one: reversed, the payment may pay an order; refunded again, it may not.
        var app = service.Services.GetRequiredService<AppCatalog>().Find(one.GameId)!.App;
        var id = OrderId.FromStore((await one.CreateAsync(one.NewOrder("p", "6.5", "u"), Now)).PlatOrderId);
        await Events.ApplyAsync(app, Store, new ProviderEvent.Paid(id, payment) { ReportedMs = 1 }, Now);
        Assert.Equal(isOldRefund ? "paid" : "unpaid", (await service.OrderAsync(id.Value)).GetProperty("payState").GetString());
    }

    /// <summary>Applies an event, again where it waited too long, as the inbox does.</summary>
    private async Task TellAsync(OrderApiGame game, Payment payment, bool isRefund, long reportedMs)
    {
        var app = service.Services.GetRequiredService<AppCatalog>().Find(game.GameId)!.App;
        ProviderEvent reported = isRefund
            ? new ProviderEvent.Refunded(payment, "refunded") { ReportedMs = reportedMs }
            : new ProviderEvent.RefundReversed(payment, "reversed") { ReportedMs = reportedMs };
        while (true)
        {
            try
            {
                await Events.ApplyAsync(app, Store, reported, Now);
                return;
            }
            catch (DatabaseBusyException)
            {
                Interlocked.Increment(ref _tries);
                Now.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>How many sessions wait for a lock.</summary>
    private static async Task<long> WaitingAsync(NpgsqlConnection connection) =>
        (long)(await ExecuteAsync(connection, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))!;

    /// <summary>Whether both events are stored.</summary>
    private static async Task<bool> IsStoredAsync(NpgsqlConnection connection, Payment payment) =>
        (long)(await ExecuteAsync(connection, "SELECT count(*) FROM refund_events WHERE transaction_id = $1", payment.TransactionId))! == 2;

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql, params string[] parameters)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }
        return await command.ExecuteScalarAsync(Now);
    }
}
