using OrderCenter.Orders.Creation;

namespace OrderCenter.Tests.Orders;

/// <summary>Order numbers as a node draws them.</summary>
public sealed class OrderIdGeneratorTests
{
    private const long SecondMs = 1_800_000_000_000;

    [Fact]
    public async Task In_one_second_no_number_is_drawn_twice()
    {
        // Of 20,000 draws from a million 200 would be of a number that was drawn before.
        var numbers = new OrderIdGenerator();
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 5_000).Select(_ => numbers.Draw(1001, SecondMs, 6)).ToList(), TestContext.Current.CancellationToken)));
        Assert.Equal(20_000, drawn.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public void Games_seconds_and_lengths_have_numbers_of_their_own()
    {
        var numbers = new OrderIdGenerator();
        Assert.StartsWith("10011800000000", numbers.Draw(1001, SecondMs, 6).Value, StringComparison.Ordinal);
        Assert.StartsWith("10021800000001", numbers.Draw(1002, SecondMs + 1000, 6).Value, StringComparison.Ordinal);
        Assert.Equal("10011800000000".Length + 16, numbers.Draw(1001, SecondMs, 16).Value.Length);
    }

    [Fact]
    public void Numbers_that_run_out_are_given_all_the_same()
    {
        // Whoever draws one that is taken draws again: the database tells them apart.
        var numbers = new OrderIdGenerator();
        var drawn = Enumerable.Range(0, 50).Select(_ => numbers.Draw(1001, SecondMs, 1)).ToList();
        Assert.InRange(drawn.Distinct().Count(), 1, 10);
    }
}
