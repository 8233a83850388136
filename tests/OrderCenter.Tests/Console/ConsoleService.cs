using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Console;

/// <summary>The service of the console's tests, whose clock begins with that of the browser; people of each role, and something to look at on every page.</summary>
public sealed class ConsoleService : Service, IAsyncLifetime
{
    public const string Secret = "B8899E2039DF87E2";

    /// <summary>Of the game of <see cref="SampleAsync"/>, and no text of the console.</summary>
    public const string Player = "player-4711";

    /// <summary>Who plays two games, so that a search finds more than one thing.</summary>
    public const string PlayerOfTwoGames = "player-of-two-games";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Dictionary<string, Person> _people = new(StringComparer.Ordinal);
    private Alipay _alipay = null!;
    private GameServer _failing = null!;
    private Sample? _sample;
    private bool? _isBuilt;

    public ConsoleService() => Clock.Advance(TimeProvider.System.GetUtcNow() - Clock.GetUtcNow());

    protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _alipay = await Alipay.StartAsync(Clock, CancellationToken.None);
        _failing = await NewReceiverAsync();
        _failing.Faults.Always(Fault.Http(500));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _failing.DisposeAsync();
        await _alipay.DisposeAsync();
        foreach (var person in _people.Values)
        {
            person.Dispose();
        }
    }

    /// <summary>Moves the clock, where it can be moved: not that of a process.</summary>
    public void Pass(TimeSpan time)
    {
        Assert.SkipUnless(ServerProcess.Native is null, "the clock of a process cannot be moved");
        Clock.Advance(time);
    }

    /// <summary>Skips the test where the console is no part of the program.</summary>
    internal async Task RequireConsoleAsync()
    {
        _isBuilt ??= (await Http.GetStringAsync(new Uri("/console/", UriKind.Relative), Now)).Contains("id=\"root\"", StringComparison.Ordinal);
        if (_isBuilt == false)
        {
            OtherImplementation.Missing("the console (the program was built without npm, or with -p:BuildConsole=false)");
        }
    }

    /// <summary>An operator of a role, signed in; the same one each time.</summary>
    internal async Task<Person> PersonAsync(string role)
    {
        if (!_people.TryGetValue(role, out var person))
        {
            _people[role] = person = await Person.NewAsync(this, role);
        }
        else if ((await person.CallAsync(HttpMethod.Get, "/session")).Status != HttpStatusCode.OK)
        {
            Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
        }
        return person;
    }

    /// <summary>A game server that grants whatever is right.</summary>
    public static async Task<GameServer> NewReceiverAsync() => await GameServer.StartAsync(
        new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, CancellationToken.None);

    /// <summary>A game whose callbacks are tried once.</summary>
    public Task<OrderApiGame> NewGameAsync(Uri receiver) => NewGameAsync(
        new
        {
            callbackUrl = receiver,
            callback = new { retrySeconds = new[] { 0 } },
            channels = new { google = new { packageName = GooglePackage, publicKey = Google.PublicKey }, alipay = _alipay.Settings() },
        },
        Secret);

    /// <summary>An order that was paid at Google Play, and the purchase.</summary>
    public async Task<(string OrderId, GooglePurchase Purchase)> PaidAsync(OrderApiGame game, string? merchantOrderId = null)
    {
        var orderId = await this.CreateAsync(Native.NewOrder(game.GameId, merchantOrderId));
        var purchase = new GooglePurchase { PackageName = GooglePackage, ProductId = "gems.60" };
        await this.ActAsync(orderId, "paid", new { channel = "google", transactionId = purchase.PurchaseToken, reason = "as a test" });
        return (orderId, purchase);
    }

    /// <summary>Has Alipay notify of a payment that no order waits for, in a body that is as readable as a form may be.</summary>
    public async Task<JsonElement> NotifyAsync(string gameId, Func<AlipayTrade, AlipayTrade>? change = null)
    {
        var trade = _alipay.Pay($"{gameId}{Guid.NewGuid():N}", 6.5m);
        trade = change?.Invoke(trade) ?? trade;
        var fields = _alipay.Notification(trade).Select(field => $"{field.Key}={field.Value.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("&", "%26", StringComparison.Ordinal).Replace("+", "%2B", StringComparison.Ordinal)}");
        using var content = new StringContent(string.Join('&', fields), Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await Http.PostAsync(new Uri($"/notify/alipay/{gameId}", UriKind.Relative), content, Now);
        Assert.Equal("success", await response.Content.ReadAsStringAsync(Now));
        JsonElement notice = default;
        await UntilAsync(async () =>
        {
            var page = await this.GetAsync($"/notifications?gameId={gameId}");
            notice = page.GetProperty("items").EnumerateArray().FirstOrDefault(one => one.TryGetProperty("transactionId", out var number) && number.GetString() == trade.TradeNo);
            return notice.ValueKind == JsonValueKind.Object && notice.GetProperty("state").GetString() != "waiting";
        });
        return notice;
    }

    /// <summary>Waits until the callback of an order has a status.</summary>
    public Task CallbackAsync(string orderId, string status) => UntilAsync(async () =>
        (await OrderAsync(orderId)).GetProperty("callbacks").EnumerateArray().Any(callback => callback.GetProperty("status").GetString() == status));

    /// <summary>Waits until there is an alert of a game; its number.</summary>
    public async Task<string> AlertAsync(string gameId, string condition)
    {
        string? id = null;
        await UntilAsync(async () =>
        {
            if (ServerProcess.Native is null)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }
            var page = await this.GetAsync($"/alerts?state=open&gameId={gameId}&condition={condition}");
            id = page.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("id").GetString()).FirstOrDefault();
            return id is not null;
        });
        return id!;
    }

    /// <summary>Something on every page; made once.</summary>
    internal async Task<Sample> SampleAsync()
    {
        if (_sample is not null)
        {
            return _sample;
        }
        var game = await NewGameAsync(_failing.OrderApi);
        var merchantOrderId = "M-" + game.GameId;
        var order = Native.NewOrder(game.GameId, merchantOrderId);
        (order["userId"], order["extra"]) = (Player, new { server = "s1", note = "备注" });
        var orderId = await this.CreateAsync(order);
        var purchase = new GooglePurchase { PackageName = GooglePackage, ProductId = "gems.60" };
        var refused = purchase with { ProductId = "gems.300", PurchaseToken = "refused-" + game.GameId };
        await game.ValidateAsync(orderId, Google.Purchase(refused), Now);
        Assert.Equal(0, (await game.ValidateAsync(orderId, Google.Purchase(purchase), Now)).ResultCode);
        await CallbackAsync(orderId, "exhausted");
        var held = await CreateAsync(game, PlayerOfTwoGames);
        await this.ActAsync(held, "paid", new { channel = "bank", transactionId = "held-" + game.GameId, money = "1", reason = "as a test" });
        await CreateAsync(await NewGameAsync(_failing.OrderApi), PlayerOfTwoGames);
        var notice = await NotifyAsync(game.GameId);
        await AlertAsync(game.GameId, "callbacks.exhausted");
        await this.NewTokenAsync("viewer");
        var callbackId = (await OrderAsync(orderId)).GetProperty("callbacks")[0].GetProperty("id").GetString()!;
        return _sample = new Sample(
            game.GameId, orderId, merchantOrderId, purchase.PurchaseToken, purchase.OrderId!, notice.GetProperty("id").GetString()!, callbackId, await ReconcileAsync(game));
    }

    private Task<string> CreateAsync(OrderApiGame game, string userId)
    {
        var order = Native.NewOrder(game.GameId);
        order["userId"] = userId;
        return this.CreateAsync(order);
    }

    /// <summary>Compares yesterday with a statement of Google Play that has a sale which nobody knows here.</summary>
    private async Task<string> ReconcileAsync(OrderApiGame game)
    {
        var at = Clock.GetUtcNow().AddDays(-1);
        var sale = new StatementSale("GPA.3301-" + game.GameId, "gems.60", 6.5m, "CNY", at);
        var day = DateOnly.FromDateTime(at.ToOffset(TimeSpan.FromHours(8)).DateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (status, json) = await Ledger.SendAsync(
            this, $"channel=google&gameId={game.GameId}&day={day}", StatementFiles.Google([sale], GooglePackage).Bytes(new UTF8Encoding(true)));
        Assert.True(status == HttpStatusCode.Accepted, json.GetRawText());
        var id = json.GetProperty("id").GetString()!;
        await UntilAsync(async () => (await this.GetAsync("/reconciliations/" + id)).GetProperty("state").GetString() == "done");
        return id;
    }

    internal static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(Patience);
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
