using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrderCenter.Orders;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Hosting;

/// <summary><c>-- demo</c>: demo apps, simulated stores with keys and certificates made at this start, and a trickle of orders, some of them failing on purpose.</summary>
internal static class DemoRegistration
{
    public static void AddDemo(this IServiceCollection services) => services.AddHostedService<Demo>();
}

internal sealed partial class Demo(
    AppCatalog apps, Settings settings, IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Demo> log) : BackgroundService
{
    /// <summary>Far from any number that a person would give an app.</summary>
    private const long GameId = 9_000_000_001;

    private const string Package = "com.example.demo";
    private const string Bundle = "com.example.demo.ios";
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
        var secret = Guid.NewGuid().ToString("N");
        await apps.PutAsync(
            GameId,
            new JsonObject
            {
                ["name"] = "Demo game (OrderApi)",
                ["protocol"] = "OrderApi",
                ["secret"] = secret,
                ["channels"] = new JsonObject
                {
                    ["google"] = JsonNode.Parse(google.Settings(Package)),
                    ["apple"] = JsonNode.Parse(apple.Settings(Bundle)),
                },
            },
            stoppingToken);
        var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Greet(address);

        using var http = new HttpClient { BaseAddress = address };
        var game = new OrderApiGame(http, GameId.ToString(), secret, clock);
#pragma warning disable CA5394 // Which of the demo's players comes next is no secret.
        var traffic = new OrderApiTraffic(game, google, apple, Package, Bundle, new Random());
#pragma warning restore CA5394
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var story = await traffic.PlayAsync(stoppingToken);
                if (story.IsAsExpected)
                {
                    LogStory(log, story.What, story.PlatOrderId, story.Answer);
                }
                else
                {
                    LogSurprise(log, story.What, story.PlatOrderId, story.Answer);
                }
            }
            catch (HttpRequestException fault)
            {
                LogFault(log, fault);
            }
        }
    }

    /// <summary>To the console, not to the log: the token is for the person who started this, and is in no log.</summary>
    private void Greet(Uri address)
    {
        var token = settings.AdminToken!.Reveal();
        Console.WriteLine($"""

            OrderCenter demo: one game (OrderApi), simulated Google Play and App Store, an order every {Pause.TotalMilliseconds} ms.
              address   {address}  (native API under /api/v1, described at /openapi/v1.json; /metrics, /healthz/ready)
              login     Bearer token {token}
              try       curl -s -H 'Authorization: Bearer {token}' '{address}api/v1/orders?limit=5'

            """);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "demo: a player {What}: order {OrderId}: {Answer}")]
    private static partial void LogStory(ILogger logger, string what, string orderId, string answer);

    [LoggerMessage(Level = LogLevel.Error, Message = "demo: a player {What}, and the answer was not what it should be: order {OrderId}: {Answer}")]
    private static partial void LogSurprise(ILogger logger, string what, string orderId, string answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "demo: the service did not answer")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
