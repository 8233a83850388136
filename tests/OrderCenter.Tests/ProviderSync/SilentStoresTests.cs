using OrderCenter.Domain;
using OrderCenter.ProviderSync;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ProviderSync;

/// <summary>A store that answers nobody uses up nobody's time.</summary>
public sealed class SilentStoresTests
{
    [Fact]
    public void A_store_that_does_not_answer_is_left_alone_for_a_while_and_no_other()
    {
        var clock = new ManualClock();
        var silent = new SilentStores(clock);
        PaymentLookup Of(long gameId, string channel) => new()
        {
            OrderId = OrderId.FromStore("10011554867699875662"), Key = PaymentLookup.OrderKey, GameId = gameId, Channel = channel, SinceMs = 0, DueMs = 0,
        };
        var begun = clock.GetTimestamp();
        silent.Note(Of(1, "my-store"), begun, isAnswered: false);
        Assert.False(silent.IsSilent(Of(1, "my-store")), "a refusal that comes at once costs no time");
        clock.Advance(TimeSpan.FromSeconds(5));
        silent.Note(Of(1, "my-store"), begun, isAnswered: false);
        Assert.True(silent.IsSilent(Of(1, "my-store")));
        Assert.False(silent.IsSilent(Of(2, "my-store")) || silent.IsSilent(Of(1, "alipay")));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(silent.IsSilent(Of(1, "my-store")));

        // Whose channel only the receipt tells is never skipped.
        var receipt = Of(1, "my-store") with { Channel = null };
        silent.Note(receipt, begun, isAnswered: false);
        Assert.False(silent.IsSilent(receipt));
    }
}
