using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>Processes that are killed: what was not told yet is told by the next one, and what is open stays one alert.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task What_a_killed_process_had_to_tell_the_next_one_tells()
    {
        using var database = new TestDatabase();
        await using var receiver = await SinkReceiver.StartAsync(TimeProvider.System);
        receiver.SetDown("webhook", true);
        string id;
        var first = await StartAsync(database);
        try
        {
            await PutAsync(first, "alert-sinks", new { items = new[] { new { name = "w", kind = "webhook", url = receiver.Url("webhook"), secret = SinkReceiver.WebhookSecret } } });

            // Every disk is nearly full by this.
            await PutAsync(first, "alert-conditions", new { thresholds = new[] { new { condition = "disk.space", threshold = 99 } } });
            id = await OpenAsync(first);
        }
        finally
        {
            await first.DisposeAsync();
        }
        receiver.SetDown("webhook", false);
        await using var second = await StartAsync(database);
        await UntilAsync(() => Task.FromResult(receiver.Taken.Any(taken => taken.Id == id + "-1")));
        Assert.Equal(1, receiver.Taken.Count(taken => taken.Id == id + "-1"));
        Assert.Equal(0, receiver.Refused);
    }

    private static Task<ServerProcess> StartAsync(TestDatabase database) =>
        ServerProcess.StartAsync(database.Options, ["--Callbacks:AllowPrivateNetworks=true"]);

    private static async Task PutAsync(ServerProcess process, string path, object body)
    {
        using var response = await process.Http.PutAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits for the alert.</summary>
    private static async Task<string> OpenAsync(ServerProcess process)
    {
        string? id = null;
        await UntilAsync(async () =>
        {
            var json = await process.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/alerts?state=open&condition=disk.space", UriKind.Relative));
            id = json.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("id").GetString()).FirstOrDefault();
            return id is not null;
        });
        return id!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(90));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
