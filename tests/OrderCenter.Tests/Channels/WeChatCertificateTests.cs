using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels;

/// <summary>WeChat's platform certificates where no setting names them: fetched, opened, believed, and asked for seldom.</summary>
public sealed class WeChatCertificateTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private WeChatPay _wechat = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private int Fetches => _wechat.Calls.Count(call => call == "GET /v3/certificates");

    public async ValueTask InitializeAsync()
    {
        await platforms.StopRoundsAsync();
        _wechat = await WeChatPay.StartAsync(platforms.Clock, Now);
        _wechat.NamesCertificate = true;
    }

    public async ValueTask DisposeAsync() => await _wechat.DisposeAsync();

    [Fact]
    public async Task Without_a_key_in_the_settings_the_certificate_is_fetched_once_and_the_next_one_when_it_comes()
    {
        var game = await NewGameAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        Assert.Equal(204, await _wechat.NotifyAsync(_wechat.Pay(id), cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        Assert.Equal(1, Fetches);

        var (next, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = _wechat.Pay(next);
        _wechat.Rotate();
        platforms.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(204, await _wechat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(next, "paid");
        Assert.Equal(2, Fetches);
    }

    [Fact]
    public async Task A_stranger_who_names_unknown_keys_makes_us_ask_once_in_ten_minutes()
    {
        var game = await NewGameAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = _wechat.Pay(id);
        var fetches = Fetches;
        await using var stranger = await WeChatPay.StartAsync(platforms.Clock, Now);
        stranger.NamesCertificate = true;
        for (var minutes = 0; minutes < 30; minutes++)
        {
            Assert.Equal(401, await stranger.NotifyAsync(transaction, platforms.NotifyAt("wechat", game.GameId), cancellationToken: Now));
            platforms.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.InRange(Fetches - fetches, 1, 3);
        Assert.Empty(await platforms.NoticesAsync(game.GameId));

        // A public key is in no list of certificates: nothing is asked.
        fetches = Fetches;
        platforms.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(401, await _wechat.NotifyAsync(transaction, forgery: WeChatForgery.UnknownSerial, cancellationToken: Now));
        Assert.Equal(fetches, Fetches);
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.WrongSign)]
    [InlineData(PlatformFault.NoSign)]
    [InlineData(PlatformFault.Garbage)]
    [InlineData(PlatformFault.Huge)]
    [InlineData(PlatformFault.None)]
    public async Task A_list_that_is_not_WeChats_word_makes_WeChat_notify_again(PlatformFault fault)
    {
        var game = await NewGameAsync();
        var (id, _) = await platforms.NewOrderAsync(game.GameId, "wechat");
        var transaction = _wechat.Pay(id);
        _wechat.Rotate();
        platforms.Clock.Advance(TimeSpan.FromMinutes(11));

        // No fault of the platform's: sealed for somebody else.
        (_wechat.Fault, _wechat.SealsForOthers) = (fault, fault == PlatformFault.None);
        Assert.Equal(503, await _wechat.NotifyAsync(transaction, cancellationToken: Now));
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        (_wechat.Fault, _wechat.SealsForOthers) = (PlatformFault.None, false);
        platforms.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(204, await _wechat.NotifyAsync(transaction, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    private Task<OrderApiGame> NewGameAsync()
    {
        var settings = _wechat.Settings();
        settings.Remove("platformPublicKey");
        settings.Remove("publicKeyId");
        return platforms.NewAppAsync(wechat: settings);
    }
}
