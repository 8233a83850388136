using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Channels.Apple;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Channels;

/// <summary>The tokens by which Apple names an order: each names its order and no other, under the key of its game only.</summary>
public sealed class OrderTokensTests
{
    private static readonly OrderTokens Tokens = new(Given.Vault);

    [Fact]
    public void Token_names_its_order_and_only_in_its_game()
    {
        var orders =
            from game in Gen.Choose(1, int.MaxValue)
            from digits in Gen.Choose(OrderId.RandomDigitsMin, OrderId.RandomDigitsMax)
            from seconds in Gen.Choose(0, int.MaxValue)
            select (Game: (long)game, Id: OrderId.Draw(game, (long)seconds * 1000, digits));
        Prop.ForAll(orders.ToArbitrary(), order =>
        {
            var token = Tokens.Of(order.Id, order.Game)!.Value;
            Assert.Equal(token, Tokens.Of(order.Id, order.Game));
            Assert.Equal(order.Id, Tokens.OrderOf(token, order.Game));
            Assert.Null(Tokens.OrderOf(token, order.Game + 1));
            Assert.Null(new OrderTokens(new Vault([.. new byte[Vault.KeyBytes - 1], 1])).OrderOf(token, order.Game));

            // As any library for UUIDs reads it: version 8, the usual variant.
            var text = token.ToString("D", CultureInfo.InvariantCulture);
            Assert.Equal('8', text[14]);
            Assert.Contains(text[19], "89ab");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Token_of_an_old_master_key_names_its_order_as_long_as_the_service_has_that_key()
    {
        var (old, present) = (Key(1), Key(2));
        var order = Given.Order().Id;
        var before = new OrderTokens(new Vault(old)).Of(order, 1001)!.Value;
        var changing = new OrderTokens(new Vault(present, [Key(3), old]));
        Assert.Equal(order, changing.OrderOf(before, 1001));
        Assert.Null(changing.OrderOf(before, 1002));

        // A new token is of the new key alone, and the old one is no order's once its key is gone.
        var (changed, without) = (changing.Of(order, 1001)!.Value, new OrderTokens(new Vault(present)));
        Assert.NotEqual(before, changed);
        Assert.Equal((order, null), (without.OrderOf(changed, 1001), without.OrderOf(before, 1001)));

        static byte[] Key(byte first) => [first, .. new byte[Vault.KeyBytes - 1]];
    }

    [Fact]
    public void Uuid_that_was_made_elsewhere_names_no_order()
    {
        var token = Tokens.Of(Given.Order().Id, 1001)!.Value;
        foreach (var flipped in Enumerable.Range(0, 128))
        {
            var bytes = token.ToByteArray(bigEndian: true);
            bytes[flipped / 8] ^= (byte)(1 << (flipped % 8));
            Assert.Null(Tokens.OrderOf(new Guid(bytes, bigEndian: true), 1001));
        }
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(Tokens.OrderOf(Guid.NewGuid(), 1001));
        }
        Assert.Null(Tokens.OrderOf(Guid.Empty, 1001));
        Assert.Null(Tokens.OrderOf(Guid.AllBitsSet, 1001));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("10021554867699875662")]
    [InlineData("1001155486769987566")]
    [InlineData("999999999999999999999999999999999999")]
    public void Number_that_we_did_not_give_has_no_token(string number) => Assert.Null(Tokens.Of(OrderId.FromStore(number), 1001));
}
