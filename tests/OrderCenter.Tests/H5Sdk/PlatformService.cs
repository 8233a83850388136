using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.H5Sdk;

/// <summary>The whole service with a payment platform that a test makes up.</summary>
public sealed class PlatformService : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private WebApplication? _app;
    private HttpClient? _http;

    internal MadeUpPlatform Platform { get; } = new();

    public async ValueTask InitializeAsync()
    {
        string[] args =
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--Admin:Token={Service.Token}", "--Secrets:MasterKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            .. _database.Arguments, "--Logging:LogLevel:Default=Warning",
        ];
        _app = Program.Build(args, services =>
        {
            // In the place of the real one of that name.
            services.RemoveAll<IChannel>().AddSingleton<IChannel>(Platform);
        });
        await _app!.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _http!.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _database.Dispose();
    }

    /// <summary>Calls the native API and reads the JSON of its answer.</summary>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http!.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A game that takes money by the platform, and the openId of a player of it.</summary>
    public async Task<(H5SdkGame Game, string OpenId)> NewGameAsync()
    {
        var gameId = Service.NewGameId().ToString();
        await CallAsync(HttpMethod.Put, "/apps/" + gameId, new { name = "n", protocol = "H5Sdk", secret = Given.Secret, channels = new { alipay = new { } } });
        await CallAsync(HttpMethod.Put, "/users/u" + gameId, new { platAccount = "1", userName = "u" });
        var openId = await CallAsync(HttpMethod.Post, $"/users/u{gameId}/openids", new { gameId });
        return (new H5SdkGame(_http!, gameId, Given.Secret), openId.GetProperty("openId").GetString()!);
    }
}

/// <summary>A platform that is up or down as a test says.</summary>
internal sealed class MadeUpPlatform : IChannel, IPaymentInitiator
{
    public bool IsDown { get; set; }

    public string Name => "alipay";

    public IReadOnlyList<string> SecretFields => [];

    public IEnumerable<string> Faults(JsonElement settings) => [];

    public bool Recognises(Receipt receipt) => false;

    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) => new(new Verdict.Rejected("takes no receipts"));

    public ValueTask<InitiationResult> StartAsync(App app, Order order, CancellationToken cancellationToken) =>
        new(IsDown ? new InitiationResult.TryLater("the platform does not answer") : new InitiationResult.Ready(JsonSerializer.SerializeToElement(new { orderString = order.Id + "&支付" })));
}
