using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>Processes that are killed: what was not told yet is told by another one, what is open stays one alert, and the other one goes on with the evaluation.
/// With PostgreSQL the other one runs already. It takes half a minute, because a lease that nobody gave back must end.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task What_a_killed_process_had_to_tell_and_to_watch_another_one_does()
    {
        using var database = new TestDatabase();
        await using var receiver = await SinkReceiver.StartAsync(TimeProvider.System);
        receiver.SetDown("webhook", true);
        receiver.SetDown("callback", true);
        var (first, second) = (await StartAsync(database), default(ServerProcess));
        try
        {
            await PutAsync(first, "alert-sinks", new { items = new[] { receiver.Sink("webhook") } });

            // Every disk is nearly full by this.
            await PutAsync(first, "alert-conditions", new { thresholds = new[] { new { condition = "disk.space", threshold = 99 } } });
            var id = await OpenAsync(first, "disk.space");
            second = database.Engine == "postgres" ? await StartAsync(database) : null;
            await first.KillAsync();
            second ??= await StartAsync(database);
            receiver.SetDown("webhook", false);
            await UntilAsync(() => Task.FromResult(receiver.Taken.Any(taken => taken.Id == id + "-1")));
            Assert.Equal(1, receiver.Taken.Count(taken => taken.Id == id + "-1"));

            // What begins now, only the second can see.
            await PutAsync(second, "apps/1001", new { name = "game", protocol = "OrderApi", secret = "B8899E2039DF87E2", callbackUrl = receiver.Url("callback"), callback = new { retrySeconds = new[] { 0 } } });
            var order = (await PostAsync(second, "orders", Native.NewOrder("1001"))).GetProperty("orderId").GetString();
            await PostAsync(second, $"orders/{order}/paid", new { channel = "bank", transactionId = "T1", money = "6.5", currency = "CNY" });
            var exhausted = await OpenAsync(second, "callbacks.exhausted");
            await UntilAsync(() => Task.FromResult(receiver.Taken.Any(taken => taken.Id == exhausted + "-1")));
            Assert.Equal(id, await OpenAsync(second, "disk.space"));
            Assert.Equal(0, receiver.Refused);
        }
        finally
        {
            await first.DisposeAsync();
            await (second?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private static Task<ServerProcess> StartAsync(TestDatabase database) =>
        ServerProcess.StartAsync(database.Options, ["--Callbacks:AllowPrivateNetworks=true"]);

    private static async Task PutAsync(ServerProcess process, string path, object body)
    {
        using var response = await process.Http.PutAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> PostAsync(ServerProcess process, string path, object body)
    {
        using var response = await process.Http.PostAsJsonAsync(new Uri("/api/v1/" + path, UriKind.Relative), body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Waits until there is one open alert.</summary>
    private static async Task<string> OpenAsync(ServerProcess process, string condition)
    {
        List<string> ids = [];
        await UntilAsync(async () =>
        {
            var json = await process.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/alerts?state=open&condition=" + condition, UriKind.Relative));
            ids = [.. json.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("id").GetString()!)];
            return ids.Count > 0;
        });
        return Assert.Single(ids);
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
