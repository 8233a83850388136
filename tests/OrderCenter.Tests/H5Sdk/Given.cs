using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>A player of a game, with the openId that it knows him by.</summary>
internal sealed record Player(string Uid, string OpenId);

/// <summary>Apps, players and what the store holds of them.</summary>
internal static class Given
{
    public const string Secret = "6a29c63ab6b9368ca0cc0e04962bc541";

    /// <summary>Nobody listens there.</summary>
    public static readonly Uri NotifyUrl = new("http://127.0.0.1:9/notify?x=1&y=2");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static async Task<H5SdkGame> NewH5GameAsync(this Service service, object? more = null) =>
        new(service.Http, (await service.NewGameAsync(more, Secret, "H5Sdk")).GameId, Secret);

    public static async Task<Player> NewPlayerAsync(this Service service, string gameId, string points = "0")
    {
        var uid = "u" + Service.NewGameId();
        var (status, _) = await service.CallAsync(HttpMethod.Put, "/api/v1/users/" + uid, new { platAccount = "1800000", userName = "测试" });
        Assert.Equal(HttpStatusCode.Created, status);
        if (points != "0")
        {
            await service.PostPointsAsync(uid, points);
        }
        return new Player(uid, await service.OpenIdAsync(uid, gameId));
    }

    public static async Task<string> OpenIdAsync(this Service service, string uid, string gameId) =>
        (await service.CallAsync(HttpMethod.Post, $"/api/v1/users/{uid}/openids", new { gameId })).Json.GetProperty("openId").GetString()!;

    public static async Task PostPointsAsync(this Service service, string uid, string amount) =>
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/users/{uid}/points", new { amount, reason = "top-up", idempotencyKey = Guid.NewGuid() })).Status);

    public static async Task<string> BalanceAsync(this Service service, string uid) =>
        (await service.CallAsync(HttpMethod.Get, $"/api/v1/users/{uid}/points")).Json.GetProperty("balance").GetString()!;

    public static Task<List<Callback>> CallbacksAsync(this Service service, string tradeNo) =>
        service.Store().ReadAsync(transaction => CallbackTable.OfOrderAsync(transaction, OrderId.FromStore(tradeNo)), Now);

    /// <summary>A number from the store.</summary>
    public static async Task<long> NumberAsync(this Service service, string sql, params object?[] parameters) =>
        (await service.Store().SearchAsync(transaction => transaction.QueryAsync(sql, row => row.GetInt64(0), parameters), Now)).Single();

    public static Task<long> OrdersAsync(this Service service, string gameId) => service.NumberAsync("SELECT count(*) FROM orders WHERE game_id = $1", long.Parse(gameId));

    public static Database Store(this Service service) => service.Services.GetRequiredService<Database>();

    /// <summary>An app as the protocol's parts take it.</summary>
    public static App App(CallbackFormat format = CallbackFormat.Form) => new()
    {
        GameId = 1001, Name = "n", Protocol = "H5Sdk", Secrets = [new AppSecret(new Secret(Secret), 0, null)], Callback = new CallbackSettings { Format = format },
    };

    public static Order Order(string ext = "", string codeNo = "100", string money = "1", string payWay = "1") => new()
    {
        Id = OrderId.FromStore("1001"),
        GameId = 1001,
        MerchantOrderId = codeNo,
        ProductId = "p",
        Money = Money.TryParse(money, out var parsed) ? parsed : throw new ArgumentException(money, nameof(money)),
        Currency = "CNY",
        UserId = "u",
        Channel = "alipay",
        NotifyUrl = "http://x.xx.com",
        Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["openId"] = "adb", ["ext"] = ext, ["payWay"] = payWay },
        CreatedMs = 0,
        ExpiresMs = 1,
    };

    public static string Json(JsonElement element) => element.GetRawText();
}
