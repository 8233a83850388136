using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Domain;

namespace OrderCenter.Tests.Accounts;

/// <summary>Signed amounts: exact, one spelling out, every spelling of <see cref="Money"/> in.</summary>
public sealed class PointsTests
{
    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("-0", 0, "0")]
    [InlineData("1999", 19_990_000, "1999")]
    [InlineData("-1999", -19_990_000, "-1999")]
    [InlineData("-0.0001", -1, "-0.0001")]
    [InlineData("-12.50", -125_000, "-12.5")]
    [InlineData("99999999999999.9999", Points.MaxE4, "99999999999999.9999")]
    [InlineData("-99999999999999.9999", -Points.MaxE4, "-99999999999999.9999")]
    public void Amounts_are_read_exactly_and_written_shortest(string text, long amountE4, string shortest)
    {
        Assert.True(Points.TryParse(text, out var points));
        Assert.Equal((amountE4, shortest), (points.AmountE4, points.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("- 1")]
    [InlineData("-01")]
    [InlineData("1e3")]
    [InlineData("-1.")]
    [InlineData("-.5")]
    [InlineData("1.00001")]
    [InlineData("-100000000000000")]
    [InlineData("−1")]
    public void What_is_no_amount_is_refused(string text) => Assert.False(Points.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll(
        (from high in Gen.Choose(-99_999_999, 99_999_999) from low in Gen.Choose(0, 999_999_999) from digits in Gen.Choose(0, 10) select ((high * 10_000_000_000L) + low) / (long)Math.Pow(10, digits)).ToArbitrary(),
        amountE4 => Points.TryParse(new Points(amountE4).ToString(), out var read) && read.AmountE4 == amountE4 && -(-read) == read).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
