using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Domain;

namespace OrderCenter.Tests.Domain;

/// <summary>Exact decimals: one text for each value, one value for each text.</summary>
public sealed class MoneyTests
{
    private const long AmountE4Max = 999_999_999_999_999_999;

    private const int Half = 1_000_000_000;

    private static readonly Gen<long> Amounts = Gen.OneOf(
        from high in Gen.Choose(0, Half - 1) from low in Gen.Choose(0, Half - 1) select ((long)high * Half) + low,
        Gen.Choose(0, 1_000_000).Select(amount => (long)amount),
        Gen.Choose(0, 10_000).Select(less => AmountE4Max - less));

    [Fact]
    public void What_is_printed_is_parsed_to_the_same_value() => Prop.ForAll(Amounts.ToArbitrary(), amount =>
    {
        var money = new Money(amount);
        return Money.TryParse(money.ToString(), out var again) && again == money && Money.TryParse(money.ToStringWithDecimal(), out var h5) && h5 == money;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void The_text_is_the_shortest_and_says_what_decimal_says() => Prop.ForAll(Amounts.ToArbitrary(), amount =>
    {
        var text = new Money(amount).ToString();
        var value = amount / 10_000m;
        return decimal.Parse(text, CultureInfo.InvariantCulture) == value && text == value.ToString("0.####", CultureInfo.InvariantCulture)
            && new Money(amount).ToStringWithDecimal() == value.ToString("0.0###", CultureInfo.InvariantCulture);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Trailing_zeros_do_not_change_the_value_and_order_is_by_value() => Prop.ForAll(Amounts.ToArbitrary(), Amounts.ToArbitrary(), (left, right) =>
    {
        var full = (left / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture);
        var (a, b) = (new Money(left), new Money(right));
        return Money.TryParse(full, out var parsed) && parsed == a && parsed.GetHashCode() == a.GetHashCode()
            && (a < b) == (left < right) && (a > b) == (left > right) && (a <= b) == (left <= right) && (a >= b) == (left >= right) && Math.Sign(a.CompareTo(b)) == left.CompareTo(right);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Whatever_is_parsed_has_the_form_of_the_rule()
    {
        var texts = Gen.Elements('0', '1', '9', '.', '-', '+', 'e', ' ', ',', '٣', '0').ArrayOf().Select(characters => new string(characters));
        Prop.ForAll(texts.ToArbitrary(), text =>
            Money.TryParse(text, out _) == System.Text.RegularExpressions.Regex.IsMatch(text, @"\A(0|[1-9][0-9]{0,13})(\.[0-9]{1,4})?\z", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("1e2")]
    [InlineData("1E2")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\n")]
    [InlineData("1.00000")]
    [InlineData("1.0.0")]
    [InlineData("100000000000000")]
    [InlineData("999999999999999999999999999999")]
    [InlineData("NaN")]
    [InlineData("∞")]
    [InlineData("0x1")]
    [InlineData("１")]
    [InlineData("1\0")]
    public void Every_other_form_is_refused(string text)
    {
        Assert.False(Money.TryParse(text, out var money));
        Assert.Equal(Money.Zero, money);
    }

    [Theory]
    [InlineData("0", "0", "0.0")]
    [InlineData("0.0000", "0", "0.0")]
    [InlineData("0.0001", "0.0001", "0.0001")]
    [InlineData("100", "100", "100.0")]
    [InlineData("6.50", "6.5", "6.5")]
    [InlineData("648.0", "648", "648.0")]
    [InlineData("0.01", "0.01", "0.01")]
    [InlineData("99999999999999.9999", "99999999999999.9999", "99999999999999.9999")]
    public void The_texts_of_the_protocols(string sent, string shortest, string withDecimal)
    {
        Assert.True(Money.TryParse(sent, out var money));
        Assert.Equal((shortest, withDecimal), (money.ToString(), money.ToStringWithDecimal()));
    }

    [Theory]
    [InlineData("CNY", "RMB", true)]
    [InlineData("rmb", "CNY", true)]
    [InlineData("usd", "USD", true)]
    [InlineData("CNY", "USD", false)]
    [InlineData("RMBX", "CNY", false)]
    public void RMB_and_CNY_are_one_currency(string left, string right, bool same)
    {
        Assert.Equal((same, same), (Currency.Same(left, right), Currency.Same(right, left)));
        Assert.Equal(same, Currency.Canonical(left) == Currency.Canonical(right));
    }

    [Theory]
    [InlineData("USD", true)]
    [InlineData("ABCDEFGH", true)]
    [InlineData("US", false)]
    [InlineData("ABCDEFGHI", false)]
    [InlineData("US1", false)]
    [InlineData("ЦЦЦ", false)]
    [InlineData("USD ", false)]
    [InlineData("", false)]
    public void A_currency_is_3_to_8_letters(string text, bool valid) => Assert.Equal(valid, Currency.IsValid(text));
}
