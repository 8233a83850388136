using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrderCenter.Apps;
using OrderCenter.Channels.Alipay;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.WeChat;
using OrderCenter.Operators;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using Fault = OrderCenter.Simulator.Games.Fault;

namespace OrderCenter.Hosting.Demonstration;

/// <summary><c>-- demo</c>: four demo apps (one a protocol), simulated stores with keys and certificates made at this start, game servers
/// that fail now and then, and a steady flow of orders through all of them, some of which fail on purpose; a fifth app whose server is
/// down, so that there is something to do for a person; and two weeks of history.</summary>
internal sealed partial class Demo(
    AppAdministration apps, AppCatalog catalog, OperatorAdministration operators, DemoHistory history, Settings settings, IServer server,
    IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Demo> log) : BackgroundService
{
    /// <summary>Not a number that anybody gives an app.</summary>
    private const long OrderApiGame = 9_000_000_001;
    private const long H5Game = 9_000_000_002;
    private const long CheckedGame = 9_000_000_003;
    private const long CardGame = 9_000_000_004;
    private const long TroubledGame = 9_000_000_005;

    /// <summary>Nothing listens there.</summary>
    private const string DownAddress = "http://127.0.0.1:9/";

    /// <summary>One order in so many needs a person.</summary>
    private const int TroubleEvery = 150;

    private const string Package = "com.example.demo";
    private const string Bundle = "com.example.demo.ios";
    private const double FaultProbability = 0.15;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, and the demo with it.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var google = new GooglePlay(clock);
        using var apple = new AppStore(clock);
        await using var alipay = await Alipay.StartAsync(clock, stoppingToken);
        await using var wechat = await WeChatPay.StartAsync(clock, stoppingToken);
        var secret = Guid.NewGuid().ToString("N");
#pragma warning disable CA5394 // Which of the demo's players comes next is no secret.
        var random = new Random();
#pragma warning restore CA5394
        await using var games = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [secret], Clock = clock, Random = random }, stoppingToken);
        games.Faults.Sometimes(FaultProbability, Fault.WrongCode, Fault.Http(500), Fault.AnswerLost, Fault.Reset);
        await PutAppsAsync(secret, google, apple, alipay, wechat, games, stoppingToken);
        var made = await history.MakeAsync(catalog.Find(H5Game)!, random, stoppingToken);
        LogHistory(log, made);
        var address = new Uri(ServerAddress.ToLocal(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()));
        ShowAddress(address, await MakeOperatorsAsync(stoppingToken));

        using var http = new HttpClient { BaseAddress = address };
        var direct = new OrderApiTraffic(
            new OrderApiGame(http, OrderApiGame.ToString(), secret, clock), google, apple, Package, Bundle, random);
        var platform = new Platform(http, settings.AdminToken!.Reveal());
        var troubled = new TroubleTraffic(platform, TroubledGame.ToString(), random);
        var called = new PlatformTraffic(
            platform, new H5SdkGame(http, H5Game.ToString(), secret),
            new OrderApiGame(http, CheckedGame.ToString(), secret, clock),
            new OrderCheckClient(http), new CardRechargeMerchant(http, CardGame, secret, clock), games, alipay, wechat, random);
        await called.PrepareAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, clock);
        for (var turn = 0; await timer.WaitForNextTickAsync(stoppingToken); turn++)
        {
            try
            {
                Log(turn % TroubleEvery == 0 ? await troubled.PlayAsync(stoppingToken)
                    : turn % 2 == 0 ? await direct.PlayAsync(stoppingToken)
                    : await called.PlayAsync(stoppingToken));
            }
            catch (HttpRequestException fault)
            {
                LogFault(log, fault);
            }
        }
    }

    private async Task PutAppsAsync(
        string secret, GooglePlay google, AppStore apple, Alipay alipay, WeChatPay wechat, GameServer games,
        CancellationToken cancellationToken)
    {
        JsonObject New(string protocol, Uri? callbackUrl) => new()
        {
            ["name"] = $"Demo game ({protocol})",
            ["protocol"] = protocol,
            ["secret"] = secret,
            ["callbackUrl"] = callbackUrl?.ToString(),
        };

        var orderApi = New("OrderApi", games.OrderApi);
        orderApi["channels"] = new JsonObject
        {
            [GoogleChannel.ChannelName] = JsonNode.Parse(google.Settings(Package)),
            [AppleChannel.ChannelName] = JsonNode.Parse(apple.Settings(Bundle)),
        };
        await apps.PutAsync(OrderApiGame, orderApi, cancellationToken);
        var h5 = New("H5Sdk", null);
        h5["channels"] = new JsonObject
        {
            [AlipayChannel.ChannelName] = Json(alipay.Settings()),
            [WeChatChannel.ChannelName] = Json(wechat.Settings())
        };
        await apps.PutAsync(H5Game, h5, cancellationToken);
        await apps.PutAsync(CheckedGame, New("OrderCheck", games.OrderCheck), cancellationToken);
        await apps.PutAsync(CardGame, New("CardRecharge", null), cancellationToken);
        var troubled = New("OrderApi", new Uri(DownAddress));
        troubled["name"] = "Demo game (its server is down)";
        troubled["callback"] = new JsonObject { ["retrySeconds"] = new JsonArray(0, 2, 5) };
        await apps.PutAsync(TroubledGame, troubled, cancellationToken);
    }

    /// <summary>One operator of each role, with a password of this start.</summary>
    private async Task<List<(string Name, string Password)>> MakeOperatorsAsync(CancellationToken cancellationToken)
    {
        var logins = new List<(string, string)>();
        foreach (var role in Enum.GetValues<Role>().OrderDescending())
        {
            var (name, password) = ($"demo-{RoleTexts.All[role]}", Passwords.Draw());
            await operators.EnsureAsync(name, role, password, cancellationToken);
            logins.Add((name, password));
        }
        return logins;
    }

    private static JsonObject Json(Dictionary<string, object> settings) =>
        new(settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)JsonValue.Create(setting.Value.ToString()))));

    private void Log(OrderApiTraffic.Story story)
    {
        if (story.IsAsExpected)
        {
            LogStory(log, story.What, story.PlatOrderId, story.Answer);
        }
        else
        {
            LogSurprise(log, story.What, story.PlatOrderId, story.Answer);
        }
    }

    /// <summary>To the console, not to the log: token and passwords are for the person who started this, and are in no log.</summary>
    private void ShowAddress(Uri address, List<(string Name, string Password)> logins)
    {
        var token = settings.AdminToken!.Reveal();
        var people = string.Join("\n            ", logins.Select(login => $"{login.Name,-14}  {login.Password}"));
        Console.WriteLine($"""

            OrderCenter demo: four games (one a protocol) and one whose server is down, simulated stores (Google Play, App Store, Alipay,
            WeChat Pay) and game servers, two weeks of history, an order every {Pause.TotalMilliseconds} ms.
              address   {address}  (native API under /api/v1, described at /scalar/; /metrics, /healthz/ready)
              console   {address}console/
              login     Bearer token {token}
              operators, with their passwords for this start:
                        {people}
              try       curl -s -H 'Authorization: Bearer {token}' '{address}api/v1/orders?limit=5'

            """);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "demo: {Count} orders of the last two weeks made")]
    private static partial void LogHistory(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "demo: a player {What}: order {OrderId}: {Answer}")]
    private static partial void LogStory(ILogger logger, string what, string orderId, string answer);

    [LoggerMessage(Level = LogLevel.Error, Message = "demo: a player {What}, and the response was wrong: order {OrderId}: {Answer}")]
    private static partial void LogSurprise(ILogger logger, string what, string orderId, string answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "demo: the service did not answer")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
