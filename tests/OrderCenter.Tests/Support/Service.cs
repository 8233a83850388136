using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Support;

/// <summary>The whole service behind a real socket, with a database file of its own and a clock that the test moves. Tests share one and take an app each.
/// Where <see cref="ServerProcess.Native"/> is set, it is that program as a process, with the machine's clock and without <see cref="Services"/>: for suites that
/// use HTTP only.</summary>
public class Service : IAsyncLifetime
{
    public const string Token = "token-of-the-tests-0123456789";
    private static long s_games = 1000;

    private readonly TestDatabase _database = new();
    private WebApplication? _app;
    private ServerProcess? _process;

    public ManualClock Clock { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public GooglePlay Google { get; private set; } = null!;

    public AppStore Apple { get; private set; } = null!;

    /// <summary>More settings, as on the command line.</summary>
    protected virtual IReadOnlyList<string> Settings => [];

    /// <summary>Replaces more parts than the clock.</summary>
    protected virtual void Arrange(IServiceCollection services)
    {
    }

    public async ValueTask InitializeAsync()
    {
        Google = new GooglePlay(Clock);
        Apple = new AppStore(Clock);
        string[] args =
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--Admin:Token={Token}", "--Secrets:MasterKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            .. _database.Arguments, "--Logging:LogLevel:Default=Warning", "--Limits:FailuresPerMinutePerAddress=0", .. Settings,
        ];
        if (ServerProcess.Native is not null)
        {
            Clock.Advance(TimeProvider.System.GetUtcNow() - Clock.GetUtcNow());
            _process = await ServerProcess.StartAsync(_database.Options, [.. args.Skip(1).Except(_database.Arguments), "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information"]);
            Http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = _process.Http.BaseAddress };
            return;
        }
        _app = Program.Build(args, Replace) ?? throw new InvalidOperationException("a setting is wrong");
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = new Uri(address) };
    }

    private void Replace(IServiceCollection services)
    {
        services.UseClock(Clock);
        Arrange(services);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        _database.Dispose();
    }

    /// <summary>Stops a hosted service once it has begun: one that is stopped while it still waits for a thread counts as failed, and its host stops with it.</summary>
    public static async Task StopOnceBegunAsync(IHostedService hosted)
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System))));
        await hosted.StopAsync(CancellationToken.None);
    }

    /// <summary>A number that no other test uses.</summary>
    public static long NewGameId() => Interlocked.Increment(ref s_games);

    /// <summary>Makes an app of OrderApi with Google and Apple configured, and the game server that speaks for it.</summary>
    public async Task<OrderApiGame> NewGameAsync(object? more = null, string secret = "B8899E2039DF87E2", string protocol = "OrderApi")
    {
        var gameId = NewGameId();
        var body = JsonSerializer.SerializeToNode(new
        {
            name = "游戏 " + gameId,
            protocol,
            secret,
            channels = new
            {
                google = new { packageName = GooglePackage, publicKey = Google.PublicKey },
                apple = new { bundleId = AppleBundle, rootCertificates = new[] { Apple.RootCertificate } },
            },
        })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[name] = value?.DeepClone();
        }
        using var response = await SendAsync(HttpMethod.Put, $"/api/v1/apps/{gameId}", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return new OrderApiGame(Http, gameId.ToString(System.Globalization.CultureInfo.InvariantCulture), secret, Clock);
    }

    public const string GooglePackage = "com.example.game";
    public const string AppleBundle = "com.example.game.ios";

    /// <summary>Calls the native API with the token.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return Http.SendAsync(request);
    }

    /// <summary>Calls the native API and reads the JSON of its answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> CallAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, headers);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>An order as the native API shows it.</summary>
    public async Task<JsonElement> OrderAsync(string orderId) => (await CallAsync(HttpMethod.Get, "/api/v1/orders/" + orderId)).Json;
}
