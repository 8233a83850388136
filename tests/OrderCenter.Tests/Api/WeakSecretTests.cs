using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>A new secret has at least 16 characters; one that an app has already goes on, and is shown as weak.</summary>
public sealed class WeakSecretTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("k")]
    [InlineData("0123456789abcde")]
    public async Task A_new_secret_of_less_than_16_characters_is_refused(string secret)
    {
        var game = await service.NewGameAsync();
        var path = "/api/v1/apps/" + game.GameId;
        foreach (var (method, where) in new[] { (HttpMethod.Put, path), (HttpMethod.Post, path + "/secrets"), (HttpMethod.Put, "/api/v1/apps/" + Service.NewGameId()) })
        {
            object body = method == HttpMethod.Put ? new { name = "n", protocol = "OrderApi", secret } : new { secret };
            var (status, json) = await service.CallAsync(method, where, body);
            Assert.Equal((HttpStatusCode.BadRequest, "secret"), (status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
            Assert.Contains("16 to 256", json.GetProperty("title").GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
    }

    [Fact]
    public async Task An_app_that_has_a_short_one_keeps_it_and_it_is_shown_as_weak()
    {
        var id = Service.NewGameId();
        var settings = new JsonObject { ["name"] = "old", ["protocol"] = "OrderApi" };
        Assert.True(AppDocument.TryRead(settings, out var document, out _));
        var entry = new AppEntry(document.ToApp(id, [new AppSecret(new Secret("k"), 0, null)]), settings, Version: 1, CreatedMs: 0, UpdatedMs: 0);
        var vault = service.Services.GetRequiredService<Vault>();
        await service.Services.GetRequiredService<Database>().WriteAsync(transaction => AppTable.SaveAsync(transaction, vault, entry), Now);
        await service.Services.GetRequiredService<AppCatalog>().LoadAsync(Now);

        var game = new OrderApiGame(service.Http, id.ToString(), "k", service.Clock);
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
        var path = "/api/v1/apps/" + id;
        Assert.True((await service.CallAsync(HttpMethod.Get, path)).Json.GetProperty("secrets")[0].GetProperty("weak").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, path, new { name = "changed", secret = "k" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(HttpMethod.Put, path, new { secret = "l" })).Status);

        var (_, rotated) = await service.CallAsync(HttpMethod.Post, path + "/secrets", new { secret = "0123456789abcdef", previousValidSeconds = 60 });
        Assert.False(rotated.GetProperty("secrets")[0].TryGetProperty("weak", out _));
        Assert.True(rotated.GetProperty("secrets")[1].GetProperty("weak").GetBoolean());
        Assert.Equal(0, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
    }
}
