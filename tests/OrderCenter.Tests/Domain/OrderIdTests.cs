using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Domain;

namespace OrderCenter.Tests.Domain;

/// <summary>protocols.md §1, platorderid.</summary>
public sealed class OrderIdTests
{
    private const long NowMs = 1_795_248_000_123;

    private static readonly Gen<long> Games = Gen.OneOf(Gen.Choose(1, 100_000).Select(game => (long)game), Gen.Choose(0, 1_000_000_000).Select(less => App.GameIdMax - less));

    [Fact]
    public void A_number_is_the_game_ten_digits_of_time_and_the_random_digits() => Prop.ForAll(
        Games.ToArbitrary(), Gen.Choose(0, int.MaxValue).Select(seconds => (seconds * 4000L) + 123).ToArbitrary(), Gen.Choose(OrderId.RandomDigitsMin, OrderId.RandomDigitsMax).ToArbitrary(), (game, nowMs, digits) =>
        {
            var text = OrderId.Draw(game, nowMs, digits).Value;
            return text.Length == game.ToString().Length + 10 + digits && text.Length <= OrderId.LengthMax && text.All(char.IsAsciiDigit)
                && text.StartsWith($"{game}{nowMs / 1000:D10}", StringComparison.Ordinal)
                && OrderId.TryParse(text, out var id) && id.Value == text && id.CouldBelongTo(game) && OrderId.FromStore(text) == id;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData(6)]
    [InlineData(16)]
    public void The_random_digits_use_their_whole_range(int digits)
    {
        var seen = new HashSet<char>();
        var first = new HashSet<char>();
        for (var i = 0; i < 500; i++)
        {
            var random = OrderId.Draw(1001, NowMs, digits).Value[^digits..];
            first.Add(random[0]);
            seen.UnionWith(random);
        }
        Assert.Equal((10, 10), (seen.Count, first.Count));
    }

    [Fact]
    public void Sixteen_random_digits_do_not_meet_in_ten_thousand_draws() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => OrderId.Draw(1001, NowMs, 16)).Distinct().Count());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("12 ")]
    [InlineData("-12")]
    [InlineData("12\n")]
    [InlineData("１２")]
    [InlineData("1234567890123456789012345678901234567")]
    public void What_is_not_1_to_36_digits_is_no_number(string? text) => Assert.False(OrderId.TryParse(text, out _));

    [Theory]
    [InlineData("10011554867699875662", 1001, true)]
    [InlineData("10011554867699875662", 100, true)]
    [InlineData("10011554867699875662", 1002, false)]
    [InlineData("10011554867699875662", 10011, false)]
    [InlineData("1001155486769987566", 1001, false)]
    [InlineData("100115548676991234567890123456", 1001, true)]
    [InlineData("1001155486769912345678901234567", 1001, false)]
    [InlineData("1001", 1001, false)]
    public void A_number_could_belong_to_the_games_whose_shape_it_has(string text, long game, bool could)
    {
        Assert.True(OrderId.TryParse(text, out var id));
        Assert.Equal(could, id.CouldBelongTo(game));
    }
}
