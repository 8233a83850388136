using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Alerts;
using OrderCenter.Alerts.Facts;
using OrderCenter.Apps;
using OrderCenter.Hosting.Workers;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;
using OrderCenter.Reconciliation.Fetching;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>Statements that are fetched from the stores: as if a person had uploaded them, once, whatever fails on the way.</summary>
public sealed class StatementFetchTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    // Days pass in these tests: the service's own rounds would call the stores meanwhile.
    public async ValueTask InitializeAsync()
    {
        await platforms.StopRoundsAsync();
        await Service.StopOnceBegunAsync(platforms.Services.GetServices<IHostedService>().OfType<StatementFetchWorker>().Single());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task A_bill_is_fetched_on_the_next_day_and_reconciled_once(string channel)
    {
        await using var stores = await Stores.StartAsync(platforms, Now);
        var ledger = await stores.NewLedgerAsync(channel);
        var (_, paid) = await ledger.PayAsync(channel);
        var lost = Ledger.NewNumber("");
        stores.Publish(channel, ledger.Day, ledger.Statement(channel, [ledger.Sale(paid), ledger.Sale(lost)]));
        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(8, 0, 0));
        await StepAsync();
        Assert.DoesNotContain(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);

        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(10, 30, 0));
        await StepAsync();
        var fetch = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);
        Assert.Equal(("fetched", channel, JsonValueKind.Null), (Text(fetch, "state"), Text(fetch, "channel"), fetch.GetProperty("nextTryAt").ValueKind));
        var found = await ledger.DoneAsync(Text(fetch, "reconciliationId"));
        Assert.Equal((2, 1, "missingHere", "statement-fetch"), (found["lines"] - found["other"], found["matched"], found.Kinds, found.Json.GetProperty("actor").GetString()));

        // The same file by hand, or fetched again by a person, is the same reconciliation.
        var (status, again) = await ledger.SendAsync(channel, ledger.Statement(channel, [ledger.Sale(paid), ledger.Sale(lost)]));
        Assert.Equal((HttpStatusCode.OK, found.Id), (status, again.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync(ledger, channel, ledger.Day)).Status);
        await StepAsync();
        fetch = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);
        Assert.Equal(("fetched", found.Id, "the same file was imported before"), (Text(fetch, "state"), Text(fetch, "reconciliationId"), Text(fetch, "message")));
    }

    [Fact]
    public async Task A_store_that_is_down_for_hours_is_asked_again_and_again_and_delays_nobody_else()
    {
        await using var stores = await Stores.StartAsync(platforms, Now);
        var (ledger, other) = (await stores.NewLedgerAsync("alipay"), await stores.NewLedgerAsync("wechat"));
        stores.Publish("wechat", other.Day, other.Statement("wechat", []));
        stores.Alipay.Fault = PlatformFault.Down;
        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(10, 30, 0));
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            await StepAsync();
            var fetch = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);
            Assert.Equal(("waiting", i + 1), (Text(fetch, "state"), fetch.GetProperty("failures").GetInt32()));
            Assert.Contains("503", Text(fetch, "message"), StringComparison.Ordinal);
            var next = fetch.GetProperty("nextTryAt").GetDateTimeOffset();
            waits.Add(next - platforms.Clock.GetUtcNow());
            platforms.Clock.Advance(next - platforms.Clock.GetUtcNow());
        }
        Assert.Equal("fetched", Text(Assert.Single(await ListAsync(other), fetch => Day(fetch) == other.Day), "state"));
        Assert.True(waits.Zip(waits.Skip(1)).All(pair => pair.Second >= pair.First), string.Join(", ", waits));
        Assert.InRange(waits[^1], TimeSpan.FromHours(5.99), TimeSpan.FromHours(6));

        // What the store has after all is fetched, and no day behind it waits for one that is damaged.
        stores.Alipay.Fault = PlatformFault.None;
        stores.Alipay.PublishArchive(Date(ledger.Day), Encoding.ASCII.GetBytes("PK no archive"));
        stores.Publish("alipay", ledger.Day.AddDays(1), ledger.Statement("alipay", []));
        await StepAsync();
        var fetches = await ListAsync(ledger);
        Assert.Equal("waiting", Text(Assert.Single(fetches, fetch => Day(fetch) == ledger.Day), "state"));
        Assert.Equal("fetched", Text(Assert.Single(fetches, fetch => Day(fetch) == ledger.Day.AddDays(1)), "state"));
        stores.Publish("alipay", ledger.Day, ledger.Statement("alipay", []));
        platforms.Clock.Advance(TimeSpan.FromHours(7));
        await StepAsync();
        Assert.Equal("fetched", Text(Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day), "state"));
    }

    [Theory]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task A_day_for_which_the_store_has_no_bill_is_a_day_without_sales(string channel)
    {
        await using var stores = await Stores.StartAsync(platforms, Now);
        var ledger = await stores.NewLedgerAsync(channel);
        var (id, _) = await ledger.PayAsync(channel);
        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(10, 30, 0));
        await StepAsync();
        var fetch = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);
        var found = await ledger.DoneAsync(Text(fetch, "reconciliationId"));
        Assert.Equal((0L, id), (found["lines"], found.Only("missingThere").GetProperty("orderId").GetString()));
    }

    [Fact]
    public async Task A_bill_that_is_not_the_one_that_WeChat_signed_is_not_imported()
    {
        await using var stores = await Stores.StartAsync(platforms, Now);
        var ledger = await stores.NewLedgerAsync("wechat");
        stores.WeChat.PublishBill(Date(ledger.Day), ledger.Statement("wechat", [ledger.Sale(Ledger.NewNumber(""))]), isChanged: true);
        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(10, 30, 0));
        foreach (var fault in new[] { PlatformFault.None, PlatformFault.WrongSign, PlatformFault.NoSign, PlatformFault.Garbage, PlatformFault.Huge })
        {
            stores.WeChat.Fault = fault;
            await StepAsync();
            var fetch = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day);
            Assert.Equal(("waiting", JsonValueKind.Null), (Text(fetch, "state"), fetch.GetProperty("reconciliationId").ValueKind));
            platforms.Clock.Advance(fetch.GetProperty("nextTryAt").GetDateTimeOffset() - platforms.Clock.GetUtcNow());
        }
    }

    [Fact]
    public async Task Reports_of_a_month_come_from_App_Store_Connect_and_from_Googles_bucket()
    {
        await using var reports = await ReportServer.StartAsync(platforms.Clock, Now);
        await using var google = await GooglePlayServer.StartAsync(platforms.Clock, Service.GooglePackage);
        var googleSettings = JsonNode.Parse(google.Settings())!.AsObject();
        (googleSettings["reportsBucket"], googleSettings["storageBase"]) = (ReportServer.Bucket, reports.Address.AbsoluteUri);
        var ledger = await Ledger.NewAsync(platforms, new JsonObject
        {
            ["channels"] = new JsonObject
            {
                ["apple"] = JsonSerializer.SerializeToNode(reports.AppleSettings(("appSku", "com.example.app"))),
                ["google"] = googleSettings,
            },
        });
        var (_, paid) = await ledger.PayAsync("google");
        await ledger.PayAsync("apple");
        var (first, month) = (new DateOnly(ledger.Day.Year, ledger.Day.Month, 1), ledger.Day.ToString("yyyyMM", CultureInfo.InvariantCulture));
        var sold = StatementFiles.AppleSales([("gems.60", 2, 6.5m, "CNY")], ledger.Day).ToList();
        sold.Add(sold[^1].Replace("\tcom.example.app\t\t", "\tcom.example.other\t\t", StringComparison.Ordinal));
        reports.PublishSales($"{first:yyyy-MM}", sold.Bytes(new UTF8Encoding(false)));
        reports.PublishEarnings(month, ledger.Statement("google", [ledger.Sale(paid), ledger.Sale(Ledger.NewNumber("GPA.1-"))]));
        await PassToAsync(first.AddMonths(1).AddDays(4), TimeSpan.FromHours(12));
        await StepAsync();
        Assert.DoesNotContain(await ListAsync(ledger), fetch => Day(fetch) == first);

        await PassToAsync(first.AddMonths(1).AddDays(6), TimeSpan.FromHours(12));
        await StepAsync();
        var fetches = (await ListAsync(ledger)).Where(fetch => Day(fetch) == first).ToDictionary(fetch => Text(fetch, "channel"));
        Assert.All(fetches.Values, fetch => Assert.Equal(first.AddMonths(1).AddDays(-1), DateOnly.Parse(Text(fetch, "lastDay"), CultureInfo.InvariantCulture)));
        Assert.True(Text(fetches["apple"], "state") == "fetched", fetches["apple"].GetRawText());
        Assert.True(Text(fetches["google"], "state") == "fetched", fetches["google"].GetRawText());
        var (apple, earnings) = (await ledger.DoneAsync(Text(fetches["apple"], "reconciliationId")), await ledger.DoneAsync(Text(fetches["google"], "reconciliationId")));
        Assert.Equal((1, "missingHere"), (earnings["matched"], earnings.Kinds));
        Assert.Equal(1, apple["otherGames"]);
        Assert.Equal(2, apple.Only("missingHere").GetProperty("theirs").GetProperty("units").GetInt64());
    }

    [Fact]
    public async Task Only_what_can_be_fetched_is_asked_for()
    {
        await using var stores = await Stores.StartAsync(platforms, Now);
        var (ledger, without) = (await stores.NewLedgerAsync("alipay"), await Ledger.NewAsync(platforms, new { channels = new { alipay = stores.Alipay.Settings() } }));
        Assert.Equal((HttpStatusCode.Conflict, true), Refusal(await AskAsync(without, "alipay", without.Day.AddDays(-1)), "do not let statements be fetched"));
        Assert.Equal((HttpStatusCode.Conflict, true), Refusal(await AskAsync(ledger, "alipay", ledger.Day), "is not over"));
        Assert.Equal((HttpStatusCode.BadRequest, true), Refusal(await AskAsync(ledger, "points", ledger.Day), "must be"));
        var (status, json) = await platforms.CallAsync(HttpMethod.Post, "/api/v1/statement-fetches", new { gameId = ledger.GameId, channel = "alipay", day = "1999-12-31", reason = "r" });
        Assert.Equal((HttpStatusCode.BadRequest, true), Refusal((status, json), "2000 to 2999"));
    }

    [Fact]
    public async Task Each_account_has_its_bill_and_its_own_payments()
    {
        await using var one = await WeChatPay.StartAsync(platforms.Clock, Now);
        await using var two = await WeChatPay.StartAsync(platforms.Clock, Now);
        object Account(WeChatPay merchant, string way) => merchant.Settings(("way", way), ("fetchStatements", true));
        var ledger = await Ledger.NewAsync(platforms, new
        {
            channels = new { wechat = new { accounts = new { cn = Account(one, "native"), page = Account(one, "h5"), global = Account(two, "native") }, @default = "cn" } },
        });
        var paid = new Dictionary<string, string>();
        foreach (var (name, merchant) in new[] { ("cn", one), ("page", one), ("global", two) })
        {
            var order = Native.NewOrder(ledger.GameId);
            (order["money"], order["channel"], order["account"]) = ("6.5", "wechat", name);
            var id = await platforms.CreateAsync(order);
            paid[name] = merchant.Pay(id).TransactionId!;
            Assert.Equal("paid", (await platforms.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/recheck")).Json.GetProperty("outcome").GetString());
            Assert.Equal(name, (await platforms.OrderAsync(id)).GetProperty("payment").GetProperty("account").GetString());
        }
        // What a person recorded belongs to the account that the order would have been paid by.
        var (byHand, _) = await ledger.PayAsync("wechat");
        var (lost, other) = (Ledger.NewNumber(""), Ledger.NewNumber(""));
        byte[] Bill(WeChatPay merchant, params string[] sales) => StatementFiles.WeChat(sales.Select(sale => ledger.Sale(sale)), merchant.AppId, merchant.MchId).Bytes(new UTF8Encoding(true));
        one.PublishBill(Date(ledger.Day), Bill(one, paid["cn"], paid["page"], lost));
        two.PublishBill(Date(ledger.Day), Bill(two, other, paid["global"]));
        two.Fault = PlatformFault.Down;

        // 1. The accounts of one merchant have one bill. The other merchant's is tried again, and is missed under its own name.
        await PassToAsync(ledger.Day.AddDays(1), new TimeSpan(10, 30, 0));
        await StepAsync();
        var fetches = (await ListAsync(ledger)).Where(fetch => Day(fetch) == ledger.Day).ToDictionary(fetch => Text(fetch, "account"));
        Assert.Equal(["cn", "global"], fetches.Keys.Order());
        Assert.Equal(("fetched", "waiting", 1), (Text(fetches["cn"], "state"), Text(fetches["global"], "state"), fetches["global"].GetProperty("failures").GetInt32()));
        var found = await ledger.DoneAsync(Text(fetches["cn"], "reconciliationId"));
        Assert.Equal(("cn", 2, 3), (Text(found.Json, "account"), found["matched"], found["payments"]));
        Assert.Equal((lost, byHand, 2), (Text(found.Only("missingHere"), "transactionId"), Text(found.Only("missingThere"), "orderId"), found.Differences.Count));
        platforms.Clock.Advance(TimeSpan.FromDays(2));
        var facts = await platforms.Services.GetServices<IAlertSource>().OfType<StatementFetchSource>().Single().ReadAsync([], Now);
        Assert.Equal($"game {ledger.GameId}, wechat, account global", Assert.Single(facts, fact => $"{fact.GameId}" == ledger.GameId).Subject);

        // 2. Its bill knows nothing of the first one's difference.
        two.Fault = PlatformFault.None;
        await StepAsync();
        var late = Assert.Single(await ListAsync(ledger), fetch => Day(fetch) == ledger.Day && Text(fetch, "account") == "global");
        found = await ledger.DoneAsync(Text(late, "reconciliationId"));
        Assert.Equal(("global", 1, 1), (Text(found.Json, "account"), found["matched"], found["payments"]));
        Assert.Equal((other, 1), (Text(found.Only("missingHere"), "transactionId"), found.Differences.Count));

        // 3. By hand: which account's it is has to be said, by any of those that share it; the same file again is the same reconciliation.
        Assert.Equal((HttpStatusCode.BadRequest, true), Refusal(await ledger.SendAsync("wechat", Bill(two, other, paid["global"])), "must be one of cn, page, global"));
        Assert.Equal((HttpStatusCode.BadRequest, true), Refusal(await ledger.SendAsync("alipay", ledger.Statement("alipay", []), more: "&account=cn"), "must be left out"));
        Assert.Equal(HttpStatusCode.OK, (await ledger.SendAsync("wechat", Bill(one, paid["cn"], paid["page"], lost), more: "&account=page")).Status);
        found = await ledger.ReconcileAsync("wechat", Bill(two), more: "&account=global");
        Assert.Equal(("global", 1, ""), (Text(found.Json, "account"), found["payments"], found.Kinds));
        Assert.Equal((HttpStatusCode.BadRequest, true), Refusal(await AskAsync(ledger, "wechat", ledger.Day), "must be one of"));
        var (status, job) = await platforms.CallAsync(
            HttpMethod.Post, "/api/v1/statement-fetches", new { gameId = ledger.GameId, channel = "wechat", account = "global", day = Date(ledger.Day), reason = "again" });
        Assert.Equal((HttpStatusCode.Accepted, Text(late, "id"), "global"), (status, Text(job, "id"), Text(job, "account")));
    }

    [Fact]
    public async Task Apps_of_one_seller_at_Alipay_have_one_bill()
    {
        object Account(string appId, string seller) => platforms.Alipay.Settings(("appId", appId), ("sellerId", seller));
        var ledger = await Ledger.NewAsync(platforms, new
        {
            channels = new { alipay = new { accounts = new { a = Account("1", "2088"), b = Account("2", "2088"), c = Account("3", "2089") } } },
        });
        var app = platforms.Services.GetRequiredService<AppCatalog>().Find(ledger.GameId)!.App;
        var owners = platforms.Services.GetRequiredService<ChannelRegistry>().Find("alipay")!.StatementAccounts(app);
        Assert.Equal(["a: a, b", "c: c"], owners.Select(owner => $"{owner.Name}: {string.Join(", ", owner.Members)}"));
    }

    [Fact]
    public void The_latest_period_ended_and_the_one_after_it_has_no_statement_yet() => Prop.ForAll(
        Gen.Choose(0, 5_000_000).ToArbitrary(), Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(-12, 14).ToArbitrary(), (minutes, hours, offset) =>
        {
            var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes);
            var schedule = new StatementSchedule(IsMonthly: minutes % 2 == 0, TimeSpan.FromHours(offset), TimeSpan.FromHours(hours));
            var latest = schedule.Latest(now);
            DateTimeOffset There(StatementPeriod period) =>
                new DateTimeOffset(period.Last.AddDays(1).ToDateTime(TimeOnly.MinValue), schedule.Offset) + schedule.Delay;
            return There(latest) <= now && now < There(schedule.PeriodOf(latest.Last.AddDays(1))) && latest.First.Month == latest.Last.Month
                && schedule.PeriodOf(latest.Last) == latest;
        }).QuickCheckThrowOnFailure();

    private static (HttpStatusCode, bool) Refusal((HttpStatusCode Status, JsonElement Json) answer, string text) =>
        (answer.Status, answer.Json.GetRawText().Contains(text, StringComparison.Ordinal));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly Day(JsonElement fetch) => DateOnly.ParseExact(Text(fetch, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private Task<(HttpStatusCode Status, JsonElement Json)> AskAsync(Ledger ledger, string channel, DateOnly day) =>
        platforms.CallAsync(HttpMethod.Post, "/api/v1/statement-fetches", new { gameId = ledger.GameId, channel, day = Date(day), reason = "the bill was late" });

    private async Task<List<JsonElement>> ListAsync(Ledger ledger) =>
        [.. (await platforms.GetAsync($"/statement-fetches?gameId={ledger.GameId}")).GetProperty("items").EnumerateArray()];

    /// <summary>Lets time pass to an hour of a day in China.</summary>
    private async Task PassToAsync(DateOnly day, TimeSpan time)
    {
        var target = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8)) + time;
        if (target > platforms.Clock.GetUtcNow())
        {
            platforms.Clock.Advance(target - platforms.Clock.GetUtcNow());
        }
        await Task.Yield();
    }

    private async Task StepAsync()
    {
        var fetcher = platforms.Services.GetRequiredService<StatementFetcher>();
        while (await fetcher.StepAsync(Now))
        {
        }
    }

    /// <summary>Both platforms of one test, so that no other test's bills or faults are theirs.</summary>
    private sealed class Stores(Platforms platforms, Alipay alipay, WeChatPay weChat) : IAsyncDisposable
    {
        public Alipay Alipay { get; } = alipay;

        public WeChatPay WeChat { get; } = weChat;

        public static async Task<Stores> StartAsync(Platforms platforms, CancellationToken cancellationToken) =>
            new(platforms, await Alipay.StartAsync(platforms.Clock, cancellationToken), await WeChatPay.StartAsync(platforms.Clock, cancellationToken));

        public Task<Ledger> NewLedgerAsync(string channel)
        {
            var settings = channel == "alipay" ? Alipay.Settings() : WeChat.Settings();
            (settings["fetchStatements"], settings["appId"]) = (true, channel == "alipay" ? Alipay.AppId : "wx123");
            return Ledger.NewAsync(platforms, new JsonObject { ["channels"] = new JsonObject { [channel] = JsonSerializer.SerializeToNode(settings) } });
        }

        public void Publish(string channel, DateOnly day, byte[] csv)
        {
            if (channel == "alipay")
            {
                Alipay.PublishBill(Date(day), csv);
            }
            else
            {
                WeChat.PublishBill(Date(day), csv);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Alipay.DisposeAsync();
            await WeChat.DisposeAsync();
        }
    }
}
