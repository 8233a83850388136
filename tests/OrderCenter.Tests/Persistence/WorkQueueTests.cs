using OrderCenter.Persistence.Queueing;

namespace OrderCenter.Tests.Persistence;

/// <summary>Who takes what waits: the first worker everything, a helper only where much waits or the first one is held up.</summary>
public sealed class WorkQueueTests
{
    private const int HelpAt = 8;

    [Fact]
    public void A_helper_leaves_little_to_the_first_worker_and_takes_what_is_much()
    {
        var queue = new WorkQueue(waitingMax: 100, HelpAt, helpPatience: TimeSpan.FromHours(1));
        var helped = new List<WorkItem>();
        var helper = new Thread(() => queue.TakeAsHelper(helped, batchMax: 100)) { IsBackground = true };
        helper.Start();
        for (var i = 0; i < HelpAt - 1; i++)
        {
            Assert.True(queue.TryAdd(Item()));
            var batch = new List<WorkItem>();
            Assert.True(queue.Take(batch, batchMax: 100));
            Assert.Single(batch);
        }
        Assert.False(helper.Join(TimeSpan.FromMilliseconds(200)));
        Assert.Empty(helped);
        for (var i = 0; i < HelpAt; i++)
        {
            Assert.True(queue.TryAdd(Item(), isOfCallbacks: i % 2 == 0));
        }
        Assert.True(helper.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(HelpAt, helped.Count);
    }

    [Fact]
    public void A_helper_takes_over_from_one_that_is_held_up()
    {
        var queue = new WorkQueue(waitingMax: 100, HelpAt);
        Assert.True(queue.TryAdd(Item()));
        var batch = new List<WorkItem>();
        Assert.True(queue.TakeAsHelper(batch, batchMax: 100));
        Assert.Single(batch);
    }

    [Fact]
    public void A_closed_queue_is_emptied_and_lets_both_go()
    {
        var queue = new WorkQueue(waitingMax: 1, HelpAt, helpPatience: TimeSpan.FromHours(1));
        Assert.True(queue.TryAdd(Item()));
        Assert.False(queue.TryAdd(Item()));
        Assert.True(queue.TryAdd(Item(), isOfCallbacks: true));
        queue.Close();
        Assert.False(queue.TryAdd(Item()));
        var batch = new List<WorkItem>();
        Assert.True(queue.TakeAsHelper(batch, batchMax: 1));
        Assert.True(queue.Take(batch, batchMax: 1));
        Assert.False(queue.TakeAsHelper(batch, batchMax: 1));
        Assert.False(queue.Take(batch, batchMax: 1));
    }

    private static WorkItem<int> Item() => new(_ => ValueTask.FromResult(1), isLight: false, addedAt: 0, CancellationToken.None);
}
