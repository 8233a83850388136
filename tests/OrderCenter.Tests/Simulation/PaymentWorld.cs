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

/// <summary>The whole service without a socket and without a round of its own, in virtual time, on either engine; and the five stores with their own books. What happens, and
/// when, is a history's to say (<see cref="PaymentSimulation"/>).</summary>
public sealed class PaymentWorld : IAsyncLifetime
{
    public const string Package = "com.example.simulated";
    public const int ExpiresMinutes = 60;
    private const long Second = 1000;
    private readonly TestDatabase _database = new();
    private WebApplication? _service;
    private List<App> _apps = [];

    public ManualClock Clock { get; } = new();

    public GooglePlay GoogleKeys { get; private set; } = null!;

    public GooglePlayServer Google { get; private set; } = null!;

    public AppStore AppleKeys { get; private set; } = null!;

    public AppStoreServer Apple { get; private set; } = null!;

    public Alipay Alipay { get; private set; } = null!;

    public WeChatPay WeChat { get; private set; } = null!;

    public WeChatVirtual Virtual { get; private set; } = null!;

    /// <summary>Accounts that half of the apps have beside those with the books, and that nobody pays to.</summary>
    private Alipay _spareAlipay = null!;
    private WeChatPay _spareWeChat = null!;

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
        (GoogleKeys, AppleKeys) = (new GooglePlay(Clock), new AppStore(Clock));
        Google = await GooglePlayServer.StartAsync(Clock, Package);
        Google.PageMax = 500;
        Apple = await AppStoreServer.StartAsync(AppleKeys, Clock, Package);
        Alipay = await Alipay.StartAsync(Clock, Now, usesCertificates: true);
        WeChat = await WeChatPay.StartAsync(Clock, Now);
        Virtual = await WeChatVirtual.StartAsync(Clock, Now);
        Virtual.Encrypts = true;
        _spareAlipay = await Alipay.StartAsync(Clock, Now);
        _spareWeChat = await WeChatPay.StartAsync(Clock, Now);
        foreach (var policy in new[] { "deliver", "hold" })
        {
            _apps.Add(await PutAppAsync(policy, callbackUrl: null));
            _apps.Add(await PutAppAsync(policy, "https://game.example.com/callback"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Google.DisposeAsync();
        await Apple.DisposeAsync();
        await Alipay.DisposeAsync();
        await WeChat.DisposeAsync();
        await Virtual.DisposeAsync();
        await _spareAlipay.DisposeAsync();
        await _spareWeChat.DisposeAsync();
        GoogleKeys.Dispose();
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

    /// <summary>The settings of one account, or of two of which the second has the books.</summary>
    private static JsonNode Accounts(bool areTwo, object books, object spare)
    {
        var settings = System.Text.Json.JsonSerializer.SerializeToNode(books)!;
        return !areTwo ? settings : new JsonObject
        {
            ["accounts"] = new JsonObject { ["spare"] = System.Text.Json.JsonSerializer.SerializeToNode(spare), ["main"] = settings }, ["default"] = "main",
        };
    }

    private async Task<App> PutAppAsync(string latePayment, string? callbackUrl)
    {
        var body = new JsonObject
        {
            ["name"] = "simulated", ["protocol"] = "OrderApi", ["secret"] = "B8899E2039DF87E2", ["latePayment"] = latePayment, ["unpaidExpiresMinutes"] = ExpiresMinutes,
            ["channels"] = new JsonObject
            {
                ["google"] = JsonNode.Parse(Google.Settings(GoogleKeys.PublicKey)), ["apple"] = JsonNode.Parse(Apple.Settings()), ["points"] = new JsonObject(),
                ["alipay"] = Accounts(callbackUrl is not null, Alipay.Settings(), _spareAlipay.Settings()),
                ["wechat-virtual"] = System.Text.Json.JsonSerializer.SerializeToNode(Virtual.Settings(("encodingAesKey", Virtual.EncodingAesKey))),
                ["wechat"] = Accounts(callbackUrl is not null, WeChat.Settings(), _spareWeChat.Settings()),
            },
        };
        if (callbackUrl is not null)
        {
            body["callbackUrl"] = callbackUrl;
        }
        return Assert.IsType<AppOutcome.Created>(await Of<AppAdministration>().PutAsync(Service.NewGameId(), body, Now)).Entry.App;
    }
}
