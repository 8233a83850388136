using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Tests.Domain;

/// <summary>A percentile out of classes of durations: never outside the class of the true one.</summary>
public sealed class CallbackDurationsTests
{
    [Fact]
    public void The_estimate_is_in_the_class_of_the_true_value() =>
        Prop.ForAll(Gen.Choose(0, 70_000).NonEmptyListOf().ToArbitrary(), durations =>
        {
            var counts = new long[CallbackDurations.Classes];
            foreach (var duration in durations)
            {
                counts[CallbackDurations.ClassOf(duration)]++;
            }
            var exact = durations.Order().ElementAt((((durations.Count * 95) + 99) / 100) - 1);
            var estimate = CallbackDurations.Percentile(counts, 95)!.Value;
            return CallbackDurations.ClassOf(Math.Min(exact, 60_000)) == CallbackDurations.ClassOf(estimate);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Of_no_attempts_there_is_none() => Assert.Null(CallbackDurations.Percentile(new long[CallbackDurations.Classes], 95));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    [InlineData(60_000, 12)]
    [InlineData(60_001, 13)]
    public void A_class_holds_its_bound(long durationMs, int durationClass) => Assert.Equal(durationClass, CallbackDurations.ClassOf(durationMs));
}
