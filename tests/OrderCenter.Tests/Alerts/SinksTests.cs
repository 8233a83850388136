using System.Net;
using System.Text.Json;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>Every sink is told as its platform wants it, in both languages; one that is down delays no other; secrets are shown to nobody.</summary>
public sealed class SinksTests : IAsyncLifetime
{
    private readonly Alarmed _service = new();
    private SinkReceiver _receiver = null!;
    private MailReceiver _mail = null!;

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _receiver = await SinkReceiver.StartAsync(_service.Clock);
        _mail = new MailReceiver();
    }

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _receiver.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Each_sink_is_told_that_an_alert_is_raised_and_that_it_is_over_signed_as_its_platform_wants_it()
    {
        await _service.SetSinksAsync([.. SinkReceiver.Kinds.Select(kind => _receiver.Sink(kind)), _mail.Sink()]);
        _service.Disk.FreePercent = 5;
        var alert = await _service.RaisedAsync("disk.space");
        await _service.UntilAsync(() => Task.FromResult(SinkReceiver.Kinds.All(sink => _receiver.Texts(sink).Count == 1) && _mail.Mails.Count == 1), "not all sinks are told");
        _service.Disk.FreePercent = 50;
        await _service.RecoveredAsync(alert);
        await _service.UntilAsync(() => Task.FromResult(SinkReceiver.Kinds.All(sink => _receiver.Texts(sink).Count == 2) && _mail.Mails.Count == 2), "not all sinks are told of the end");
        Assert.Equal(0, _receiver.Refused);
        foreach (var sink in SinkReceiver.Kinds)
        {
            var (raised, over) = (_receiver.Texts(sink)[0], _receiver.Texts(sink)[1]);
            Assert.Contains("Alert: a disk is nearly full", raised, StringComparison.Ordinal);
            Assert.Contains("告警：磁盘空间即将用尽", raised, StringComparison.Ordinal);
            Assert.Contains("5 % (threshold 10 %)", raised, StringComparison.Ordinal);
            Assert.Contains("5 %（阈值 10 %）", raised, StringComparison.Ordinal);
            Assert.Contains("Recovered: a disk is nearly full", over, StringComparison.Ordinal);
            Assert.Contains("已恢复：磁盘空间即将用尽", over, StringComparison.Ordinal);
            Assert.Contains(alert.GetProperty("id").GetString()!, raised, StringComparison.Ordinal);
        }
        var mail = _mail.Mails[0];
        Assert.Equal("ops@example.com,night@example.com", mail.Receivers);
        Assert.Equal("ordercenter@example.com", mail.Mail.From.Mailboxes.Single().Address);
        Assert.Equal("[OrderCenter] Alert: a disk is nearly full / 告警：磁盘空间即将用尽", mail.Mail.Subject);
        Assert.Contains("Runbook: docs/runbooks/OrderCenterDiskSpace.md", mail.Mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("处理手册：docs/runbooks/OrderCenterDiskSpace.zh-CN.md", mail.Mail.TextBody, StringComparison.Ordinal);

        // A message has the same id however often it is sent, and each telling its own.
        var ids = _receiver.Taken.Where(taken => taken.Sink == "webhook").Select(taken => taken.Id).ToList();
        Assert.Equal([$"{alert.GetProperty("id").GetString()}-1", $"{alert.GetProperty("id").GetString()}-2"], ids);
    }

    [Fact]
    public async Task A_sink_that_is_down_delays_no_other_and_gets_all_when_it_is_back_once()
    {
        await _service.SetSinksAsync(_receiver.Sink("dingtalk", conditions: ["disk.space"]), _receiver.Sink("webhook", conditions: ["disk.space"]));
        _receiver.SetDown("dingtalk", true);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            _service.Disk.FreePercent = 5;
            var alert = await _service.RaisedAsync("disk.space");
            ids.Add(alert.GetProperty("id").GetString()!);
            _service.Disk.FreePercent = 50;
            await _service.RecoveredAsync(alert);
            await _service.UntilAsync(() => Task.FromResult(_receiver.Texts("webhook").Count == 2 * ids.Count), "the sink that is up is not told");
        }
        Assert.Empty(_receiver.Texts("dingtalk"));
        _receiver.SetDown("dingtalk", false);
        await _service.UntilAsync(() => Task.FromResult(ids.All(id => string.Join('\n', _receiver.Texts("dingtalk")).Contains(id, StringComparison.Ordinal))), "the sink that was down is not told");
        _service.Clock.Advance(TimeSpan.FromMinutes(11));
        await _service.UntilAsync(async () => await QueuedAsync() == 0, "something is still queued");
        var all = string.Join('\n', _receiver.Texts("dingtalk"));
        Assert.All(ids, id => Assert.Equal(4, all.Split(id).Length - 1));
        Assert.Equal(6, _receiver.Texts("webhook").Count);
    }

    [Fact]
    public async Task A_robot_that_refuses_with_200_has_not_taken_it()
    {
        await _service.SetSinksAsync(_receiver.Sink("dingtalk", secret: "SECsome-other-secret"));
        var (status, tried) = await _service.CallAsync(HttpMethod.Post, "/api/v1/alert-sinks/dingtalk/test");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False(tried.GetProperty("delivered").GetBoolean());
        Assert.Contains("310000", tried.GetProperty("fault").GetString()!, StringComparison.Ordinal);
        Assert.Empty(_receiver.Taken);
    }

    [Fact]
    public async Task A_test_message_goes_to_each_kind()
    {
        await _service.SetSinksAsync([.. SinkReceiver.Kinds.Select(kind => _receiver.Sink(kind)), _mail.Sink()]);
        foreach (var name in SinkReceiver.Kinds.Append("smtp"))
        {
            var (status, tried) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/alert-sinks/{name}/test");
            Assert.True(status == HttpStatusCode.OK && tried.GetProperty("delivered").GetBoolean(), tried.GetRawText());
        }
        Assert.Equal(SinkReceiver.Kinds, _receiver.Taken.Select(taken => taken.Sink));
        Assert.Single(_mail.Mails);
        Assert.Equal(HttpStatusCode.NotFound, (await _service.CallAsync(HttpMethod.Post, "/api/v1/alert-sinks/none/test")).Status);
    }

    [Fact]
    public async Task A_password_does_not_go_to_a_mail_server_without_encryption()
    {
        var smtp = new { host = "127.0.0.1", port = _mail.Port, userName = "u", password = "password-of-the-mail", from = "a@example.com", to = new[] { "b@example.com" } };
        await _service.SetSinksAsync(new { name = "mail", kind = "smtp", smtp });
        var (status, tried) = await _service.CallAsync(HttpMethod.Post, "/api/v1/alert-sinks/mail/test");
        Assert.Equal((HttpStatusCode.OK, false), (status, tried.GetProperty("delivered").GetBoolean()));
        Assert.Contains("STARTTLS", tried.GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_mail.Commands, command => command.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase) || command.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("password-of-the-mail", (await _service.GetAsync("/alert-sinks")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_masked_sealed_and_kept_only_for_the_address_that_they_were_given_for()
    {
        await _service.SetSinksAsync([.. SinkReceiver.Kinds.Select(kind => _receiver.Sink(kind)), _mail.Sink()]);
        var shown = await _service.GetAsync("/alert-sinks");
        string[] secrets = [SinkReceiver.Key, SinkReceiver.DingTalkSecret, SinkReceiver.FeishuSecret, SinkReceiver.WebhookSecret];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shown.GetRawText(), StringComparison.Ordinal));
        var audit = (await _service.GetAsync("/audit?action=alert-sinks.change")).GetRawText();
        var stored = await _service.Store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT sealed FROM alert_settings", row => row.GetString(0)), TestContext.Current.CancellationToken);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, audit + string.Concat(stored), StringComparison.Ordinal));

        // What was shown comes back as it is: nothing has changed.
        var items = shown.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(items)).Status);
        foreach (var name in SinkReceiver.Kinds)
        {
            var (_, tried) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/alert-sinks/{name}/test");
            Assert.True(tried.GetProperty("delivered").GetBoolean(), tried.GetRawText());
        }

        // To another address it does not go.
        var text = JsonSerializer.Serialize(items).Replace(new Uri(_receiver.Address).Authority, "attacker.example", StringComparison.Ordinal);
        var (refused, problem) = await PutAsync(JsonSerializer.Deserialize<List<JsonElement>>(text)!);
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.StartsWith("items[0].", problem.GetProperty("errors")[0].GetProperty("field").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_alerts_that_a_sink_asks_for_come_to_it()
    {
        var game = await _service.NewGameAsync();
        await _service.SetSinksAsync(
            _receiver.Sink("webhook", name: "other-game", games: [1]), _receiver.Sink("dingtalk", name: "other-condition", conditions: ["clock.skew"]),
            _receiver.Sink("feishu", name: "critical", severity: "critical"), _receiver.Sink("wecom", name: "right", conditions: ["notifications.failed"], games: [long.Parse(game.GameId)]));
        await FailNotificationAsync(game.GameId);
        await _service.RaisedAsync("notifications.failed", game.GameId);
        await _service.UntilAsync(() => Task.FromResult(_receiver.Texts("wecom").Count == 1), "the right sink is not told");
        Assert.Equal(["wecom"], _receiver.Taken.Select(taken => taken.Sink));
    }

    [Theory]
    [InlineData("""{"name":"a b","kind":"wecom","url":"http://h/"}""", "name")]
    [InlineData("""{"name":"a","kind":"pigeon","url":"http://h/"}""", "kind")]
    [InlineData("""{"name":"a","kind":"wecom","url":"ftp://h/"}""", "url")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://user:pw@h/"}""", "url")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://h/","secret":"0123456789"}""", "secret")]
    [InlineData("""{"name":"a","kind":"webhook","url":"http://h/"}""", "secret")]
    [InlineData("""{"name":"a","kind":"webhook","url":"http://h/","secret":"***"}""", "secret")]
    [InlineData("""{"name":"a","kind":"dingtalk","url":"http://h/?access_token=***"}""", "url")]
    [InlineData("""{"name":"a","kind":"smtp"}""", "smtp")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","from":"a@b","to":[]}}""", "smtp.to")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","from":"a@b\r\nBcc: c@d","to":["a@b"]}}""", "smtp.from")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","from":"a..b@c","to":["a@b"]}}""", "smtp.from")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","from":"a@b","to":["a@b..c"]}}""", "smtp.to")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","userName":"u","from":"a@b","to":["a@b"]}}""", "smtp.password")]
    [InlineData("""{"name":"a","kind":"smtp","smtp":{"host":"h","security":"none","userName":"u","password":"p","from":"a@b","to":["a@b"]}}""", "smtp.security")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://h/","conditions":["no"]}""", "conditions")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://h/","games":[0]}""", "games")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://h/","language":"fr"}""", "language")]
    [InlineData("""{"name":"a","kind":"wecom","url":"http://h/","allowedNetworks":["x"]}""", "allowedNetworks")]
    public async Task What_is_no_sink_is_refused_by_its_field(string item, string field)
    {
        var (status, problem) = await PutAsync([JsonDocument.Parse(item).RootElement]);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"items[0].{field}", problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task An_admin_of_some_games_sees_and_replaces_only_the_sinks_of_those()
    {
        await _service.SetSinksAsync(_receiver.Sink("dingtalk"), _receiver.Sink("webhook", name: "of-2", games: [2]));
        var token = await _service.NewTokenAsync("admin", [1]);
        Assert.Empty((await _service.WithTokenAsync(token, HttpMethod.Get, "/alert-sinks")).Json.GetProperty("items").EnumerateArray());
        foreach (var (sink, field) in new (object, string)[]
        {
            (_receiver.Sink("webhook"), "games"), (_receiver.Sink("webhook", name: "dingtalk", games: [1]), "name"), (_receiver.Sink("webhook", name: "mine", games: [1], networks: ["10.0.0.0/8"]), "allowedNetworks"),
        })
        {
            var (refused, problem) = await _service.WithTokenAsync(token, HttpMethod.Put, "/alert-sinks", new { items = new[] { sink } });
            Assert.Equal((HttpStatusCode.BadRequest, $"items[0].{field}"), (refused, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
        var (status, json) = await _service.WithTokenAsync(token, HttpMethod.Put, "/alert-sinks", new { items = new[] { _receiver.Sink("webhook", name: "mine", games: [1]) } });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await _service.WithTokenAsync(token, HttpMethod.Post, "/alert-sinks/dingtalk/test", new { })).Status);
        var names = (await _service.GetAsync("/alert-sinks")).GetProperty("items").EnumerateArray().Select(sink => sink.GetProperty("name").GetString());
        Assert.Equal(["dingtalk", "mine", "of-2"], names.Order(StringComparer.Ordinal));
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> PutAsync(IReadOnlyList<JsonElement> items) =>
        await _service.JsonAsync(HttpMethod.Put, "/api/v1/alert-sinks", $$"""{"items":[{{string.Join(',', items.Select(item => item.GetRawText()))}}]}""");

    private async Task<long> QueuedAsync() => (await _service.Store.ReadAsync(
        transaction => transaction.QueryAsync("SELECT count(*) FROM alert_deliveries WHERE due_ms IS NOT NULL", row => row.GetInt64(0)),
        TestContext.Current.CancellationToken))[0];

    private Task<int> FailNotificationAsync(string gameId) => _service.Store.WriteAsync(
        transaction => transaction.ExecuteAsync(
            "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, state, sealed) VALUES ($1, 'google', $2, $1, $3, 6, '')",
            Guid.NewGuid().ToString("N"), long.Parse(gameId), _service.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
        TestContext.Current.CancellationToken);
}
