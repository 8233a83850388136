using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Persistence;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operation;

/// <summary>The master key is changed step by step, as docs/operating.md says, beside a service that runs.</summary>
public sealed class KeyCommandTests
{
    private const string Old = CommandLine.MasterKey;
    private static readonly string s_new = Convert.ToBase64String([.. Enumerable.Range(60, 32).Select(i => (byte)i)]);

    private static readonly (string Name, string Value)[] s_prepared = [("Secrets__MasterKey", Old), ("Secrets__OldMasterKeys", s_new)];
    private static readonly (string Name, string Value)[] s_swapped = [("Secrets__MasterKey", s_new), ("Secrets__OldMasterKeys", Old)];
    private static readonly (string Name, string Value)[] s_alone = [("Secrets__MasterKey", s_new)];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_master_key_is_changed_while_the_service_runs()
    {
        using var database = new TestDatabase();
        await using (var first = await ServerProcess.StartAsync(database.Options))
        {
            await first.PutAppAsync("1001", new { name = "game", protocol = "CardRecharge", secret = Merchant.Secret });
            await ImportAsync(first, "one");
            await NodesAsync(database, 1);

            // The service that runs could not read what is sealed anew: nothing is done.
            var (early, _, refusal) = await CommandLine.RunAsync(database, s_swapped, "keys", "rotate");
            Assert.Equal(1, early);
            Assert.Contains("nothing was done", refusal, StringComparison.Ordinal);
            await first.StopAsync();
        }

        // On several nodes each learns the new key first.
        if (database.Engine == DatabaseOptions.Postgres)
        {
            await using var prepared = await ServerProcess.StartAsync(database.Options, s_prepared);
            await using var swapped = await ServerProcess.StartAsync(database.Options, s_swapped);
            await NodesAsync(database, 2);
            var (behind, told, _) = await CommandLine.RunAsync(database, s_swapped, "keys", "rotate");
            Assert.Equal(1, behind);
            Assert.Contains("still seals under key", told, StringComparison.Ordinal);
            await prepared.StopAsync();
            await swapped.StopAsync();
        }

        await using (var second = await ServerProcess.StartAsync(database.Options, s_swapped))
        {
            await ImportAsync(second, "two");
            await NodesAsync(database, 1);

            // Under load: whatever the rotation is about to write is being read and written, and no request is refused.
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
            var load = Enumerable.Range(0, 4).Select(worker => Task.Run(() => LoadAsync(second, worker, enough.Token), Now)).ToList();
            var (code, output, error) = await CommandLine.RunAsync(database, s_swapped, "keys", "rotate");
            await enough.CancelAsync();
            var requests = (await Task.WhenAll(load)).Sum();
            Assert.True(code == 0, output + error);
            Assert.Contains("no text; it can be taken out of Secrets:OldMasterKeys", output, StringComparison.Ordinal);
            Assert.True(requests >= 20, $"{requests} requests");
            await second.StopAsync();
        }

        // Without the old key, everything is read; with the old one alone, the start says what is missing.
        Assert.Equal(0, (await CommandLine.RunAsync(database, s_alone, "keys", "status")).ExitCode);
        var (isWhole, _, faults) = await CommandLine.RunAsync(database, s_alone, "check");
        Assert.True(isWhole == 0, faults);
        var (wrong, why) = await ServerProcess.RunAsync([("Storage__Engine", database.Engine), ("ConnectionStrings__OrderCenter", database.ConnectionString)]);
        Assert.Equal(1, wrong);
        Assert.Contains("give it in Secrets:OldMasterKeys", why, StringComparison.Ordinal);
        await using var third = await ServerProcess.StartAsync(database.Options, s_alone);
        Assert.Equal(0, await ImportAsync(third, "one"));
        Assert.Equal(0, await ImportAsync(third, "two"));
        using var app = await third.Http.GetAsync(new Uri("/api/v1/apps/1001", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.OK, app.StatusCode);
    }

    [Fact]
    public async Task A_list_of_old_keys_that_holds_no_key_is_refused_without_showing_it()
    {
        using var database = new TestDatabase();
        var (code, _, error) = await CommandLine.RunAsync(database, [("Secrets__MasterKey", Old), ("Secrets__OldMasterKeys", $"{s_new},c2hvcnQ=")], "keys", "status");
        Assert.Equal(1, code);
        Assert.Contains("setting Secrets:OldMasterKeys is '***'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", error, StringComparison.Ordinal);
    }

    /// <summary>Orders that get cards under the old key, new cards, and changes of the app, until it is enough.</summary>
    /// <returns>How many requests were answered, each as it should be.</returns>
    private static async Task<int> LoadAsync(ServerProcess node, int worker, CancellationToken enough)
    {
        var requests = 0;
        async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
        {
            using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = JsonContent.Create(body) };
            using var response = await node.Http.SendAsync(request, Now);
            var text = await response.Content.ReadAsStringAsync(Now);
            Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
            requests++;
            return JsonDocument.Parse(text).RootElement;
        }
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            var order = await SendAsync(
                HttpMethod.Post, "/orders",
                new { gameId = "1001", merchantOrderId = $"{worker}-{round}", productId = "p", money = "6", currency = "CNY", userId = "u" });
            var id = order.GetProperty("orderId").GetString();
            await SendAsync(HttpMethod.Post, $"/orders/{id}/paid", new { channel = "bank", transactionId = "T" + id });
            Assert.Equal(1, await ImportAsync(node, $"load-{worker}-{round}", 1));
            if (worker == 0)
            {
                await SendAsync(HttpMethod.Put, "/apps/1001", new { name = $"game {round}" });
            }
        }
        return requests;
    }

    private static async Task<int> ImportAsync(ServerProcess node, string name, int count = 800)
    {
        var cards = Enumerable.Range(0, count).Select(i => new { cardType = 1, cardNo = $"key-command-{name}-{i}", cardPassword = "password", cardRect = "" });
        using var response = await node.Http.PostAsJsonAsync("/api/v1/apps/1001/cards", new { productId = "p", cards }, Now);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>(Now);
        return json.GetProperty("imported").GetInt32();
    }

    /// <summary>Waits until so many nodes have told their keys.</summary>
    private static async Task NodesAsync(TestDatabase database, int count)
    {
        await using var reader = new Database(database.Options with { IsReadOnly = true }, TimeProvider.System, NullLoggerFactory.Instance);
        await reader.OpenAsync(Now);
        await Merchant.UntilAsync(async () =>
            (await reader.ReadAsync(transaction => transaction.QueryAsync("SELECT count(*) FROM node_keys", row => row.GetInt64(0)), Now))[0] == count);
    }
}
