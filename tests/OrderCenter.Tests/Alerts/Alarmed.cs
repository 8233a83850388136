using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Alerts.Facts;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>A service whose alerts go to a receiver of the tests, with a disk that a test fills.</summary>
public class Alarmed : Service
{
    internal TestDisk Disk { get; } = new();

    internal Database Store => Services.GetRequiredService<Database>();

    protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];

    protected override void Arrange(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<DiskSpace>(Disk));

    /// <summary>Lets time pass until something is so.</summary>
    internal async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(90), what);

            // No second passes faster than this machine answers a request: what waits some seconds for an answer shall get it.
            using (await Http.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken))
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The alerts of a condition; of a game, or of none.</summary>
    internal async Task<List<JsonElement>> AlertsAsync(string condition, string? gameId = null, string state = "open")
    {
        var path = $"/alerts?limit=200&state={state}&condition={condition}{(gameId is null ? "" : "&gameId=" + gameId)}";
        return [.. (await this.GetAsync(path)).GetProperty("items").EnumerateArray()];
    }

    /// <summary>Waits until there is one open alert.</summary>
    internal async Task<JsonElement> RaisedAsync(string condition, string? gameId = null)
    {
        await UntilAsync(async () => (await AlertsAsync(condition, gameId)).Count > 0, $"{condition} is not raised");
        return Assert.Single(await AlertsAsync(condition, gameId));
    }

    /// <summary>Waits until an alert is over.</summary>
    internal async Task RecoveredAsync(JsonElement alert)
    {
        var (id, condition) = (alert.GetProperty("id").GetString(), alert.GetProperty("condition").GetString()!);
        await UntilAsync(
            async () => (await AlertsAsync(condition, state: "past")).Any(past => past.GetProperty("id").GetString() == id), $"{condition} does not recover");
    }

    internal async Task SetSinksAsync(params object[] items)
    {
        var (status, json) = await CallAsync(HttpMethod.Put, "/api/v1/alert-sinks", new { items });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
    }
}

/// <summary>A disk whose free space a test sets.</summary>
internal sealed class TestDisk() : DiskSpace("/test-disk")
{
    public long FreePercent { get; set; } = 90;

    public override Space? Read() => new(FreePercent * 1_000_000, 100_000_000);
}
