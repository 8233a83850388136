using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>Alipay's certificate mode: requests name certificates, answers and notifications name Alipay's, which is renewed and is trusted for the root alone. And the
/// ways on a page and by a code.</summary>
public sealed class AlipayCertificateTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Download = "alipay.open.app.alipaycert.download";
    private Alipay _alipay = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private int Downloads => _alipay.Calls.Count(call => call == Download);

    public async ValueTask InitializeAsync() => _alipay = await Alipay.StartAsync(platforms.Clock, Now, usesCertificates: true);

    public ValueTask DisposeAsync() => _alipay.DisposeAsync();

    [Fact]
    public async Task A_payment_and_its_refund_go_by_certificates()
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var order = pay.GetProperty("orderString").GetString()!;
        Assert.Contains("app_cert_sn=", order, StringComparison.Ordinal);
        var trade = _alipay.Pay(order);
        Assert.True(await _alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        var (status, refunded) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "wish", atStore = true });
        Assert.Equal((HttpStatusCode.OK, "refunded"), (status, refunded.GetProperty("payState").GetString()));
        Assert.Equal((0, 0), (_alipay.WrongSignatures, Downloads));
    }

    [Fact]
    public async Task A_renewed_certificate_of_Alipays_is_fetched_once_and_believed_for_its_root()
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = _alipay.Pay(pay.GetProperty("orderString").GetString()!);
        _alipay.RenewCertificate();
        Assert.True(await _alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
        Assert.True(await _alipay.NotifyAsync(trade with { NotifyId = "again" }, cancellationToken: Now));
        var (next, _) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var (_, answer) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{next}/recheck");
        Assert.Equal("notPaid", answer.GetProperty("outcome").GetString());
        Assert.Equal(1, Downloads);
    }

    [Fact]
    public async Task A_certificate_of_another_root_is_not_believed_wherever_it_comes_from()
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = _alipay.Pay(pay.GetProperty("orderString").GetString()!);
        _alipay.GivesForeignCertificate = true;
        _alipay.NamesUnknownCertificate = true;

        // Whoever names certificates that nobody knows makes us ask at a bounded rate.
        for (var i = 0; i < 20; i++)
        {
            Assert.False(await _alipay.NotifyAsync(trade, cancellationToken: Now));
        }
        Assert.Equal(1, Downloads);
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());

        _alipay.NamesUnknownCertificate = false;
        Assert.True(await _alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");

        var foreign = _alipay.Settings(("alipayCertificate", _alipay.ForeignCertificate()));
        var (status, json) = await PutAsync(game, foreign);
        Assert.Equal((HttpStatusCode.BadRequest, true), (status, json.GetRawText().Contains("alipayCertificate must be issued under alipayRootCertificate", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_signature_of_the_apps_own_key_or_of_the_stranger_is_refused_under_the_right_number()
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings());
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var trade = _alipay.Pay(pay.GetProperty("orderString").GetString()!);
        foreach (var forgery in new[] { AlipayForgery.WrongKey, AlipayForgery.ChangedAmount, AlipayForgery.NoSign, AlipayForgery.OldSignType })
        {
            Assert.False(await _alipay.NotifyAsync(trade, forgery: forgery, cancellationToken: Now));
        }
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Equal(0, Downloads);
    }

    [Theory]
    [InlineData("appCertificate", "x", "appCertificate must be a certificate")]
    [InlineData("appCertificate", "ALIPAY", "appCertificate must be the certificate of privateKey")]
    [InlineData("alipayCertificate", "", "alipayCertificate must not be empty")]
    [InlineData("alipayCertificate", "x", "alipayCertificate must be a certificate")]
    [InlineData("alipayRootCertificate", "x", "alipayRootCertificate must be Alipay's root certificates")]
    [InlineData("alipayRootCertificate", "ALIPAY", "alipayCertificate must be issued under alipayRootCertificate")]
    [InlineData("alipayPublicKey", "KEY", "alipayPublicKey must not be set beside certificates")]
    [InlineData("way", "PAGE", "way must be app, wap, page or qr")]
    [InlineData("way", "1", "way must be app, wap, page or qr")]
    public async Task Settings_with_a_fault_are_refused_by_name(string field, string value, string fault)
    {
        var game = await platforms.NewAppAsync();
        var (status, json) = await PutAsync(game, _alipay.Settings((field, value == "ALIPAY" ? _alipay.Certificate : value == "KEY" ? _alipay.PublicKey : value)));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(fault, json.GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_and_a_code_begin_payments_too(bool isCode)
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings(("way", isCode ? "qr" : "page")));
        var (id, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        AlipayTrade trade;
        if (isCode)
        {
            Assert.StartsWith("https://qr.alipay.com/", pay.GetProperty("qr_code").GetString(), StringComparison.Ordinal);
            trade = _alipay.PayCode(pay.GetProperty("qr_code").GetString()!);
        }
        else
        {
            var url = pay.GetProperty("url").GetString()!;
            Assert.Contains("method=alipay.trade.page.pay", url, StringComparison.Ordinal);
            Assert.Contains("FAST_INSTANT_TRADE_PAY", url, StringComparison.Ordinal);
            trade = _alipay.Pay(new Uri(url).Query.TrimStart('?'));
        }
        Assert.Equal((id, 6.5m, platforms.NotifyAt("alipay", game.GameId)), (trade.OutTradeNo, trade.Total, trade.NotifyUrl));
        Assert.True(await _alipay.NotifyAsync(trade, cancellationToken: Now));
        await platforms.UntilAsync(id, "paid");
    }

    [Theory]
    [InlineData(PlatformFault.Down)]
    [InlineData(PlatformFault.WrongSign)]
    [InlineData(PlatformFault.NoSign)]
    [InlineData(PlatformFault.Garbage)]
    public async Task A_code_that_is_not_Alipays_word_is_not_given_to_the_player(PlatformFault fault)
    {
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings(("way", "qr")));
        var body = new { gameId = game.GameId, merchantOrderId = "m", productId = "p", money = "1", currency = "CNY", userId = "u", channel = "alipay" };
        _alipay.Fault = fault;
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.StartsWith("try again: ", json.GetProperty("payFault").GetString(), StringComparison.Ordinal);
        _alipay.Fault = PlatformFault.None;
        (_, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.True(json.GetProperty("pay").TryGetProperty("qr_code", out _));
    }

    [Fact]
    public async Task The_test_of_a_channel_asks_Alipay_and_says_what_is_wrong()
    {
        async Task<(bool Works, string Text)> TestAsync(Dictionary<string, object> settings)
        {
            var game = await platforms.NewAppAsync(alipay: settings);
            var (_, json) = await platforms.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/channels/alipay/test");
            return (json.GetProperty("verdict").GetString() == "accepted", json.GetProperty("reason").GetString()!);
        }

        Assert.Equal((true, "Alipay accepts the app's signature, and its own is verified"), await TestAsync(_alipay.Settings()));
        Assert.Contains("isv.invalid-signature", (await TestAsync(_alipay.Settings(("appId", "2021")))).Text, StringComparison.Ordinal);
        _alipay.Fault = PlatformFault.WrongSign;
        Assert.Equal((false, "the answer is not signed by Alipay"), await TestAsync(_alipay.Settings()));
    }

    [Fact]
    public async Task Php_names_certificates_by_the_same_numbers()
    {
        const string Script = """
            $s = openssl_x509_parse(stream_get_contents(STDIN));
            $i = []; foreach (array_reverse($s['issuer']) as $k => $v) { $i[] = "$k=$v"; }
            $n = $s['serialNumber'];
            if (strpos($n, '0x') === 0) {
                $d = [0];
                foreach (str_split(substr($n, 2)) as $c) {
                    $r = hexdec($c);
                    foreach ($d as $k => $v) { $x = $v * 16 + $r; $d[$k] = $x % 10; $r = intdiv($x, 10); }
                    while ($r > 0) { $d[] = $r % 10; $r = intdiv($r, 10); }
                }
                $n = strrev(implode('', $d));
            }
            echo md5(implode(',', $i) . $n);
            """;
        var game = await platforms.NewAppAsync(alipay: _alipay.Settings());
        var (_, pay) = await platforms.NewOrderAsync(game.GameId, "alipay");
        var order = pay.GetProperty("orderString").GetString()!;
        Assert.Contains("app_cert_sn=" + await OtherImplementation.PhpAsync(Script, _alipay.AppCertificate), order, StringComparison.Ordinal);
        Assert.Contains("alipay_root_cert_sn=" + await OtherImplementation.PhpAsync(Script, _alipay.RootCertificate), order, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> PutAsync(OrderApiGame game, Dictionary<string, object> settings)
    {
        // A merge patch keeps fields: the channel is taken away first.
        await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new Dictionary<string, object?>(StringComparer.Ordinal) { ["alipay"] = null } });
        return await platforms.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { channels = new { alipay = settings } });
    }
}
