using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>protocols.md §1, "Reading", which holds in H5Sdk too: one signature, one debit.</summary>
public sealed class AmbiguousRequestTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_signature_debits_once(bool isJson)
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("C1", player.OpenId, "1", 3, Given.NotifyUrl);
        asked["ext"] = "srv=1";
        Assert.Equal("000", (await game.CreateOrderAsync(asked, Now)).Code);

        var cut = new SortedDictionary<string, string>(asked, StringComparer.Ordinal) { ["codeNo"] = "C1&ext=srv=1" };
        cut.Remove("ext");
        Assert.Equal(asked["sign"], GameSigning.H5Sdk(cut, Given.Secret));
        var reply = isJson ? await game.PostJsonAsync("createOrder", cut, Now) : await game.PostAsync("createOrder", cut, Now);
        Assert.Equal((200, "100"), (reply.HttpStatus, reply.Code));
        Assert.StartsWith("codeNo must not hold &ext=", reply.Message, StringComparison.Ordinal);
        Assert.Equal("9", await service.BalanceAsync(player.Uid));
    }

    [Fact]
    public async Task A_players_own_ext_makes_no_debit_of_another_player()
    {
        var game = await service.NewH5GameAsync();
        var attacker = await service.NewPlayerAsync(game.GameId, "10");
        var victim = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("C2", attacker.OpenId, "1", 3, Given.NotifyUrl);
        asked["ext"] = $"x&gameId={game.GameId}&notifyUrl=http://127.0.0.1:9/evil&openId={victim.OpenId}&payWay=3&productId=gems.60&productName=y";
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal("100", reply.Code);
        Assert.StartsWith("ext must not hold &gameId=", reply.Message, StringComparison.Ordinal);
        Assert.Equal(("10", "10"), (await service.BalanceAsync(attacker.Uid), await service.BalanceAsync(victim.Uid)));
    }

    [Fact]
    public async Task Every_cut_of_a_signed_order_is_the_same_order_or_refused()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("C3", player.OpenId, "1", 3, new Uri("http://127.0.0.1:9/notify?x=1&y=2"));
        asked["ext"] = "a=1&z=2";
        asked["from"] = "web";
        Assert.Equal("000", (await game.CreateOrderAsync(asked, Now)).Code);
        var text = string.Join('&', asked.Where(field => field.Key != "sign").Select(field => field.Key + "=" + field.Value));
        var tried = 0;
        foreach (var cut in Cuts.SomeOf(text, cut => cut.Any(field => field is { Name: "gameId" } && field.Value == game.GameId)))
        {
            var fields = new SortedDictionary<string, string>(cut.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Equal(asked["sign"], GameSigning.H5Sdk(fields, Given.Secret));
            fields["sign"] = asked["sign"];
            var reply = tried++ % 2 == 0 ? await game.PostAsync("createOrder", fields, Now) : await game.PostJsonAsync("createOrder", fields, Now);
            Assert.True(reply.Code == "100" || asked.All(field => field.Key == "from" || fields[field.Key] == field.Value), string.Join(" | ", fields));
        }
        Assert.InRange(tried, 100, 100_000);
        Assert.Equal(("9", 1), (await service.BalanceAsync(player.Uid), await service.OrdersAsync(game.GameId)));
    }

    [Fact]
    public async Task A_notifyUrl_may_carry_four_fields_in_its_query()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var url = "http://127.0.0.1:9/notify?a=1&gameId=2&ext=3&productId=4&productName=5";
        var asked = game.NewOrder("C4", player.OpenId, "1", 3, new Uri(url));
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal("000", reply.Code);
        Assert.Equal(url, (await service.OrderAsync(reply.TradeNo)).GetProperty("notifyUrl").GetString());
        foreach (var field in new[] { "codeNo", "openId", "amount", "payWay", "notifyUrl", "tradeNo", "sign" })
        {
            var other = game.NewOrder("C5", player.OpenId, "1", 3, new Uri($"http://127.0.0.1:9/notify?a=1&{field}=2"));
            var refused = await game.CreateOrderAsync(other, Now);
            Assert.Equal("100", refused.Code);
            Assert.StartsWith($"notifyUrl must not hold &{field}=", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task StrictValues_refuse_separators_in_every_value()
    {
        var game = await service.NewH5GameAsync(new { strictValues = true });
        var player = await service.NewPlayerAsync(game.GameId, "10");
        var asked = game.NewOrder("C6", player.OpenId, "1", 3, new Uri("http://127.0.0.1:9/notify"));
        Assert.Equal("000", (await game.CreateOrderAsync(asked, Now)).Code);
        asked["ext"] = "a=1";
        var reply = await game.CreateOrderAsync(asked, Now);
        Assert.Equal("100", reply.Code);
        Assert.StartsWith("ext must hold neither & nor =", reply.Message, StringComparison.Ordinal);
    }
}
