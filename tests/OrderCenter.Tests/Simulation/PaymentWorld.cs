using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Accounts;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Hosting;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Receipts;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulation;

/// <summary>The whole service without a socket and without a round of its own, in virtual time, on either engine; and the stores with their own books. What happens, and
/// when, is a history's to say (<see cref="PaymentSimulation"/>).</summary>
public sealed class PaymentWorld : IAsyncLifetime
{
    public const int ExpiresMinutes = 60;
    private const long Second = 1000;
    private static readonly string[] s_channels = ["google", "apple", "alipay", "wechat", "wechat-virtual"];
    private readonly TestDatabase _database = new();
    private WebApplication? _service;
    private List<App> _apps = [];

    public ManualClock Clock { get; } = new();

    public AppStore AppleKeys { get; private set; } = null!;

    /// <summary>The account that every app has.</summary>
    public PaymentStores Main { get; private set; } = null!;

    /// <summary>The account that half of the apps have beside it; it stands before it in their settings.</summary>
    public PaymentStores Other { get; private set; } = null!;

    /// <summary>Stores that the apps describe by a recipe that ships.</summary>
    public RecipeStores Recipes { get; private set; } = null!;

    /// <summary>A store by a recipe of the app's own, which answers queries: channel <c>shop</c>.</summary>
    public RecipeQueryStore Shop { get; private set; } = null!;

    public string Engine => _database.Engine;

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    internal Database Store => Of<Database>();

    internal OrderQueries Orders => Of<OrderQueries>();

    internal OrderCreation Creation => Of<OrderCreation>();

    internal ReceiptApplication Receipts => Of<ReceiptApplication>();

    internal FulfilmentRecorder Delivery => Of<FulfilmentRecorder>();

    internal ManualActions Actions => Of<ManualActions>();

    internal ProviderRefunds Refunds => Of<ProviderRefunds>();

    internal NotificationInbox Inbox => Of<NotificationInbox>();

    internal PaymentRecovery Recovery => Of<PaymentRecovery>();

    internal PaymentInitiation Desk => Of<PaymentInitiation>();

    internal PointsLedger Points => Of<PointsLedger>();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string[] args =
        [
            "--environment=Production", "--Admin:Token=" + Service.Token, "--Secrets:MasterKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "--PublicUrl=https://pay.example.com",
            .. _database.Arguments, "--Logging:LogLevel:Default=None",
        ];
        _service = Program.Build(args, services => services.UseClock(Clock)) ?? throw new InvalidOperationException("a setting is wrong");
        await _service.Services.GetServices<IHostedService>().OfType<DatabaseStartup>().Single().StartAsync(Now);
        (AppleKeys, Recipes) = (new AppStore(Clock), new RecipeStores());
        Main = await PaymentStores.StartAsync("main", AppleKeys, Clock, Now);
        Other = await PaymentStores.StartAsync("other", AppleKeys, Clock, Now);
        Shop = await RecipeQueryStore.StartAsync(Clock, Now);
        foreach (var policy in new[] { "deliver", "hold" })
        {
            _apps.Add(await PutAppAsync(policy, address: null));
            _apps.Add(await PutAppAsync(policy, "https://game.example.com/"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Main.DisposeAsync();
        await Other.DisposeAsync();
        await Shop.DisposeAsync();
        Recipes.Dispose();
        AppleKeys.Dispose();
        await _service!.DisposeAsync();
        _database.Dispose();
    }

    /// <summary>The app of a history, and another one with the same stores.</summary>
    public (App Own, App Other) Apps(int seed) => (_apps[seed % _apps.Count], _apps[(seed + 1) % _apps.Count]);

    /// <summary>A player with points.</summary>
    public async Task<string> NewPlayerAsync(Points points)
    {
        var uid = "u" + Service.NewGameId();
        await Of<Users>().PutAsync(uid, null, null, Now);
        Assert.IsType<PostOutcome.Posted>(await Points.PostAsync(uid, points, "top-up", "first", "simulation", Now));
        return uid;
    }

    /// <summary>One step of everything that is due with stores: notifications, lookups, reports, refunds, polls; and what has expired is closed.</summary>
    public async Task DoRoundAsync(bool polls)
    {
        await Of<OrderExpiry>().ExpireAsync(Now);
        await Repeat(Of<NotificationProcessor>().StepAsync);
        await Repeat(Of<PaymentRecovery>().StepAsync);
        await Repeat(Of<FulfilmentReports>().StepAsync);
        await Repeat(Of<ProviderRefunds>().StepAsync);
        if (polls)
        {
            await Repeat(Of<EventPoller>().StepAsync);
        }

        static async Task Repeat(Func<CancellationToken, Task<bool>> step)
        {
            while (await step(Now))
            {
            }
        }
    }

    /// <summary>A store's notification comes in at an app's door.</summary>
    public Task<NotificationReception> TellAsync(string channel, App app, string body, IEnumerable<(string Name, string Value)> headers, string query = "")
    {
        var parameters = System.Web.HttpUtility.ParseQueryString(query);
        var notice = new RawNotification(headers.ToDictionary(header => header.Name.ToLowerInvariant(), header => header.Value, StringComparer.Ordinal), Encoding.UTF8.GetBytes(body), NowMs)
        {
            Query = parameters.AllKeys.ToDictionary(name => name!, name => parameters[name]!, StringComparer.Ordinal),
        };
        return Inbox.ReceiveAsync(Of<ChannelRegistry>().Find(channel)!, app.GameId.ToString(System.Globalization.CultureInfo.InvariantCulture), notice, Now);
    }

    public Task<int> ExecuteAsync(string sql, params object?[] parameters) => Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, parameters), Now);

    public Task<List<T>> QueryAsync<T>(string sql, Func<System.Data.Common.DbDataReader, T> read, params object?[] parameters) =>
        Store.SearchAsync(transaction => transaction.QueryAsync(sql, read, parameters), Now);

    /// <summary>Virtual time goes on; no call is under way.</summary>
    public void Pass(long ms) => Clock.Advance(TimeSpan.FromMilliseconds(ms));

    /// <summary>Longer than a reader's lease.</summary>
    public void PassLease() => Pass(61 * Second);

    private T Of<T>()
        where T : notnull => _service!.Services.GetRequiredService<T>();

    /// <summary>An app with an address has two accounts of each channel, is called back, and told of events.</summary>
    private async Task<App> PutAppAsync(string latePayment, string? address)
    {
        JsonNode SettingsOf(string channel)
        {
            JsonNode Of(PaymentStores stores) => stores.Settings(channel, Main.Google, asksAlways: address is not null);
            return address is null ? Of(Main)
                : new JsonObject { ["accounts"] = new JsonObject { [Other.Name] = Of(Other), [Main.Name] = Of(Main) }, ["default"] = Main.Name };
        }
        var channels = new JsonObject(s_channels.Select(channel => KeyValuePair.Create(channel, (JsonNode?)SettingsOf(channel))))
        {
            ["points"] = new JsonObject(), ["shop"] = JsonNode.Parse(Shop.Settings),
            ["vivo"] = System.Text.Json.JsonSerializer.SerializeToNode(Recipes.Settings(RecipeStore.Vivo)),
            ["huawei"] = System.Text.Json.JsonSerializer.SerializeToNode(Recipes.Settings(RecipeStore.Huawei)),
        };
        var body = new JsonObject
        {
            ["name"] = "simulated", ["protocol"] = "OrderApi", ["secret"] = "B8899E2039DF87E2", ["latePayment"] = latePayment, ["unpaidExpiresMinutes"] = ExpiresMinutes,
            ["channels"] = channels,
        };
        if (address is not null)
        {
            (body["callbackUrl"], body["eventsUrl"]) = (address + "callback", address + "events");
        }
        return Assert.IsType<AppOutcome.Created>(await Of<AppAdministration>().PutAsync(Service.NewGameId(), body, Now)).Entry.App;
    }
}
