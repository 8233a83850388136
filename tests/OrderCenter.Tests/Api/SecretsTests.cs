using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Secrets: never shown, encrypted at rest, rotated without an outage.</summary>
public sealed class SecretsTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_secret_is_in_any_answer_or_in_the_database_file()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var pemLine = pem.Split('\n')[1];
        using var accountKey = RSA.Create(2048);
        var accountPem = accountKey.ExportPkcs8PrivateKeyPem();
        const string AccountText = "SERVICE-ACCOUNT-TEXT-4711";
        const string AccountObject = "SERVICE-ACCOUNT-OBJECT-4712";
        string[] secrets = ["SIGNING-SECRET-ONE-4713", "SIGNING-SECRET-TWO-4714", "SIGNING-SECRET-THREE-4715", pemLine, AccountText, AccountObject, accountPem.Split('\n')[1]];
        var answers = new StringBuilder();
        async Task TellAsync(Task<HttpResponseMessage> sent)
        {
            using var response = await sent;
            answers.AppendLine(response.Headers.ToString()).AppendLine(await response.Content.ReadAsStringAsync(Now));
        }

        var (path, other) = ("/api/v1/apps/" + Service.NewGameId(), "/api/v1/apps/" + Service.NewGameId());
        var body = new
        {
            name = "holds secrets", protocol = "OrderApi", secret = secrets[0],
            channels = new { google = new { packageName = "visible.package", serviceAccount = JsonSerializer.Serialize(new { client_email = AccountText, private_key = accountPem }) }, apple = new { bundleId = "visible.bundle", privateKey = pem } },
        };
        await TellAsync(service.SendAsync(HttpMethod.Put, path, body, ("Idempotency-Key", "secrets-1")));
        await TellAsync(service.SendAsync(HttpMethod.Put, path, body, ("Idempotency-Key", "secrets-1")));
        await TellAsync(service.SendAsync(HttpMethod.Put, other, new
        {
            name = "holds an object", protocol = "OrderApi", secret = secrets[1], channels = new { google = new { packageName = "visible.package", serviceAccount = new { client_email = AccountObject, private_key = accountPem } } },
        }));
        await TellAsync(service.SendAsync(HttpMethod.Post, path + "/secrets", new { secret = secrets[2], previousValidSeconds = 3600 }));
        await TellAsync(service.SendAsync(HttpMethod.Post, path + "/secrets", new { secret = secrets[2], previousValidSeconds = -1 }));
        await TellAsync(service.SendAsync(HttpMethod.Put, path, new { secret = secrets[2], name = "" }));
        await TellAsync(service.SendAsync(HttpMethod.Put, path, new { channels = new { apple = new { privateKey = pem + "x", environment = "no" } } }));
        await TellAsync(service.SendAsync(HttpMethod.Put, path, new { channels = new { google = new { serviceAccount = AccountText, nonsense = AccountText } } }));
        await TellAsync(service.SendAsync(HttpMethod.Get, path));
        await TellAsync(service.SendAsync(HttpMethod.Get, other));
        await TellAsync(service.SendAsync(HttpMethod.Get, "/api/v1/apps?limit=200"));
        await TellAsync(service.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Now));
        await TellAsync(service.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Now));

        var told = answers.ToString();
        Assert.Contains("visible.package", told, StringComparison.Ordinal);
        Assert.Contains("visible.bundle", told, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));

        var disk = DatabaseBytes();
        Assert.Contains("holds secrets", disk, StringComparison.Ordinal);
        Assert.All([.. secrets, pemLine.Replace("/", "\\/", StringComparison.Ordinal), pemLine.Replace("+", "\\u002B", StringComparison.Ordinal)], secret => Assert.DoesNotContain(secret, disk, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(Convert.ToBase64String(Encoding.ASCII.GetBytes(secret))[..24], disk, StringComparison.Ordinal));
        var keyId = Convert.ToHexStringLower(SHA256.HashData("01234567890123456789012345678901"u8).AsSpan(0, 4));
        Assert.Contains($"v1.{keyId}.", disk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_sealed_is_there_again_after_a_load()
    {
        var game = await service.NewGameAsync(secret: "sealed and opened");
        var apps = service.Services.GetRequiredService<AppCatalog>();
        await apps.LoadAsync(Now);
        var app = apps.Find(long.Parse(game.GameId))!;
        Assert.Equal("sealed and opened", app.Secrets.Single().Value.Reveal());
        Assert.Equal(Service.GooglePackage, app.Channels["google"].GetProperty("packageName").GetString());
    }

    [Fact]
    public async Task The_old_secret_verifies_until_its_time_has_passed_and_the_newest_signs()
    {
        var old = await service.NewGameAsync(secret: "the old secret, 16+");
        var @new = new OrderApiGame(service.Http, old.GameId, "the new secret, 16+", service.Clock);
        Assert.Equal(1, (await @new.CreateAsync(@new.NewOrder("p", "1", "u"), Now)).ResultCode);

        var (status, json) = await RotateAsync(old.GameId, new { secret = "the new secret, 16+", previousValidSeconds = 60 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, json.GetProperty("secrets").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("secrets")[0].GetProperty("validUntil").ValueKind);
        Assert.Equal(service.Clock.GetUtcNow().AddSeconds(60), json.GetProperty("secrets")[1].GetProperty("validUntil").GetDateTimeOffset());
        Assert.Equal("the new secret, 16+", Signs(old.GameId));

        service.Clock.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.Equal((0, 0), ((await old.CreateAsync(old.NewOrder("p", "1", "u"), Now)).ResultCode, (await @new.CreateAsync(@new.NewOrder("p", "1", "u"), Now)).ResultCode));
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 0), ((await old.CreateAsync(old.NewOrder("p", "1", "u"), Now)).ResultCode, (await @new.CreateAsync(@new.NewOrder("p", "1", "u"), Now)).ResultCode));
    }

    [Fact]
    public async Task A_secret_that_is_put_replaces_the_old_one_at_once_and_the_same_one_again_changes_nothing()
    {
        var old = await service.NewGameAsync(secret: "the old secret, 16+");
        var @new = new OrderApiGame(service.Http, old.GameId, "the new secret, 16+", service.Clock);
        await RotateAsync(old.GameId, new { secret = "the new secret, 16+", previousValidSeconds = 600 });
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + old.GameId, new { secret = "the new secret, 16+" });
        Assert.Equal(0, (await old.CreateAsync(old.NewOrder("p", "1", "u"), Now)).ResultCode);

        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + old.GameId, new { secret = "the third secret" });
        Assert.Equal((1, 1), ((await old.CreateAsync(old.NewOrder("p", "1", "u"), Now)).ResultCode, (await @new.CreateAsync(@new.NewOrder("p", "1", "u"), Now)).ResultCode));
        Assert.Equal("the third secret", Signs(old.GameId));
    }

    [Fact]
    public async Task Rotating_to_the_same_secret_with_no_time_left_ends_the_old_one()
    {
        var old = await service.NewGameAsync(secret: "a leaked secret.");
        await RotateAsync(old.GameId, new { secret = "the new secret, 16+", previousValidSeconds = 86_400 });
        // The old one turns out to have leaked: its grace is taken back.
        var (status, _) = await RotateAsync(old.GameId, new { secret = "the new secret, 16+", previousValidSeconds = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, (await old.CreateAsync(old.NewOrder("p", "1", "u"), Now)).ResultCode);
        Assert.Equal("the new secret, 16+", Signs(old.GameId));
    }

    [Fact]
    public async Task Rotating_again_never_lengthens_the_life_of_an_old_secret()
    {
        var first = await service.NewGameAsync(secret: "secret number 0.");
        await RotateAsync(first.GameId, new { secret = "secret number 1.", previousValidSeconds = 10 });
        await RotateAsync(first.GameId, new { secret = "secret number 2.", previousValidSeconds = 1000 });
        service.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, (await first.CreateAsync(first.NewOrder("p", "1", "u"), Now)).ResultCode);
        var second = new OrderApiGame(service.Http, first.GameId, "secret number 1.", service.Clock);
        Assert.Equal(0, (await second.CreateAsync(second.NewOrder("p", "1", "u"), Now)).ResultCode);
    }

    [Fact]
    public async Task An_app_keeps_a_bounded_number_of_secrets()
    {
        var game = await service.NewGameAsync();
        for (var i = 0; i < 12; i++)
        {
            await RotateAsync(game.GameId, new { secret = "secret number " + i + ".", previousValidSeconds = 1000 });
        }
        Assert.Equal(10, (await service.GetAsync("/apps/" + game.GameId)).GetProperty("secrets").GetArrayLength());
        Assert.Equal("secret number 11.", Signs(game.GameId));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"secret":""}""")]
    [InlineData("""{"secret":null}""")]
    [InlineData("""{"secret":5}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","previousValidSeconds":-1}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","previousValidSeconds":31536001}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","previousValidSeconds":9223372036854775807}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","previousValidSeconds":1.5}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","previousValidSeconds":"1"}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","nonsense":1}""")]
    [InlineData("""{"secret":"xxxxxxxxxxxxxxxx","secret":"y"}""")]
    [InlineData("{\"secret\":\"\\ud800\"}")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_refused_rotation_changes_nothing(string body)
    {
        var game = await service.NewGameAsync(secret: "the one that stays");
        using var response = await service.RawAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/secrets", body);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("the one that stays", Signs(game.GameId));
    }

    [Fact]
    public async Task An_app_that_is_not_there_cannot_be_rotated()
    {
        using var response = await service.SendAsync(HttpMethod.Post, "/api/v1/apps/9999999997/secrets", new { secret = "xxxxxxxxxxxxxxxx" });
        await Native.AssertProblemAsync(response, HttpStatusCode.NotFound);
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> RotateAsync(string gameId, object body) => service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{gameId}/secrets", body);

    private string Signs(string gameId) =>
        service.Services.GetRequiredService<AppCatalog>().Find(gameId)!.App.SigningSecret(service.Clock.GetUtcNow().ToUnixTimeMilliseconds())!.Reveal();

    /// <summary>All that is at rest, byte by byte.</summary>
    private string DatabaseBytes() => Encoding.Latin1.GetString(StoredBytes.Of(service.Services.GetRequiredService<DatabaseOptions>()));
}
