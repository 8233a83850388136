namespace OrderCenter.Tests.Simulation;

/// <summary>Late, double, refunded and forged payments over all channels: no order ends in a state that nobody can explain, and the books balance.</summary>
public sealed class PaymentSimulationTests(PaymentWorld world) : IClassFixture<PaymentWorld>
{
    private const int Histories = 150;
    private const int FoundMax = 30;

    [Fact]
    public async Task Histories_of_payments_end_with_every_order_explained_and_books_that_balance()
    {
        var found = new List<string>();
        for (var seed = 0; seed < (world.Engine == "postgres" ? Histories / 3 : Histories) && found.Count < FoundMax; seed++)
        {
            var faults = await new PaymentSimulation(world).RunAsync(seed);
            found.AddRange(faults.Select(fault => $"seed {seed}: {fault}"));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}

/// <summary>A rule that is broken on purpose is seen: the simulation is no blind witness.</summary>
public sealed class PaymentMutantTests(PaymentWorld world) : IClassFixture<PaymentWorld>
{
    private const int HistoriesMax = 80;

    [Theory]
    [InlineData(PaymentMutant.ClaimsForgotten)]
    [InlineData(PaymentMutant.WordsForgotten)]
    [InlineData(PaymentMutant.PartsCountedTwice)]
    [InlineData(PaymentMutant.DoorOpen)]
    public async Task A_broken_rule_is_caught(PaymentMutant mutant)
    {
        for (var seed = 0; seed < HistoriesMax; seed++)
        {
            if ((await new PaymentSimulation(world, mutant).RunAsync(seed)).Count > 0)
            {
                return;
            }
        }
        Assert.Fail($"{HistoriesMax} histories saw nothing");
    }
}
