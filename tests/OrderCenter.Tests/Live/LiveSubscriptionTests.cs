using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Api.Live;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Tests.Live;

/// <summary>What a stream keeps for its reader: bounded however much comes, and nothing of it is lost from the count.</summary>
public sealed class LiveSubscriptionTests
{
    /// <summary>Each number is a step: 0 takes a message, others add so many changes to the game of their remainder by three.</summary>
    [Fact]
    public void Every_change_is_counted_once_and_the_newest_orders_are_listed() =>
        Prop.ForAll(
            Gen.Choose(0, 60).ListOf().ToArbitrary(),
            steps =>
            {
                var stream = new LiveSubscription("test", GameLimit.Of([1, 2]));
                var (added, told, number) = (0L, 0L, 0);
                foreach (var step in steps.Append(0))
                {
                    if (step > 0)
                    {
                        var gameId = step % 3;
                        var newest = Enumerable.Range(0, Math.Min(step, 50)).Select(_ => Change(gameId, number++ % 40)).ToList();
                        stream.Add(new GameChanges(gameId, step, newest));
                        added += gameId == 0 ? 0 : step;
                        continue;
                    }
                    var (_, message) = stream.Take();
                    if (message is null)
                    {
                        Assert.Equal(added, told);
                        continue;
                    }
                    told += message.Count;
                    Assert.Equal(added, told);
                    Assert.InRange(message.Orders.Count, 1, LiveSubscription.OrdersMax);
                    Assert.Equal(message.Orders.Count, message.Orders.Select(order => order.Id).Distinct(StringComparer.Ordinal).Count());
                    Assert.DoesNotContain(message.Orders, order => order.GameId == 0);
                }
                Assert.Null(stream.Take().Changes);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task It_is_ready_once_and_wakes_its_writer()
    {
        var stream = new LiveSubscription("test", GameLimit.None);
        var waiting = stream.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        stream.MarkReady();
        stream.MarkReady();
        await waiting;
        Assert.Equal((true, (LiveJson?)null), stream.Take());
        Assert.Equal((false, (LiveJson?)null), stream.Take());
        stream.AddWork(7, haveCallbacksChanged: false, haveAlertsChanged: true);
        await stream.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(stream.Take().Changes is { Work: true, Callbacks: false, Alerts: true, Count: 0 });
        stream.AddWork(7, haveCallbacksChanged: true, haveAlertsChanged: false);
        Assert.True(stream.Take().Changes is { Work: true, Callbacks: true, Alerts: false, Count: 0 });
    }

    private static Change Change(long gameId, int number) =>
        new(OrderId.FromStore($"{gameId}-{number}"), 0, gameId, ChangeEvent.Created, OrderState.New, null, 0, null);
}
