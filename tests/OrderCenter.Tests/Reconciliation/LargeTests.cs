using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>Statements of the size that a busy day has, in the real process: its memory stays bounded, and a kill -9 in the middle changes nothing.</summary>
public sealed class LargeTests : IDisposable
{
    private const long Game = 1001;
    private const int MemoryMegabytesMax = 400;

    /// <summary>Yesterday, whatever the day's beginning is.</summary>
    private static readonly DateTimeOffset At = new(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).Date.AddHours(-12), TimeSpan.FromHours(8));

    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_hundred_thousand_lines_are_matched_in_bounded_memory()
    {
        var run = await RunAsync(orders: 20_000, lines: 100_000, kills: 0);
        Assert.InRange(run.PeakMegabytes, 1, MemoryMegabytesMax);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_it_the_result_is_the_same_and_nothing_is_found_twice() => await RunAsync(orders: 4_000, lines: 20_000, kills: 2);

    /// <summary>The measured run of docs/reconciliation.md: <c>dotnet run --project tests/OrderCenter.Tests -- -explicit on -method '*A_million_lines*'</c>.</summary>
    [Fact(Explicit = true)]
    public async Task A_million_lines_are_matched_in_bounded_memory()
    {
        var run = await RunAsync(orders: 1_000_000, lines: 1_000_000, kills: 0);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{_database.Engine}: {run.Bytes} bytes taken in within {run.Receiving.TotalSeconds:0.0} s, matched within {run.Matching.TotalSeconds:0.0} s, at most {run.PeakMegabytes} MiB");
        Assert.InRange(run.PeakMegabytes, 1, MemoryMegabytesMax);
    }

    private sealed record Run(long Bytes, TimeSpan Receiving, TimeSpan Matching, long PeakMegabytes);

    /// <summary>Every order but each hundredth is in the statement; the rest of its lines are nobody's.</summary>
    private async Task<Run> RunAsync(int orders, int lines, int kills)
    {
        await SeedAsync(orders);
        var file = Path.GetTempFileName();
        try
        {
            await WriteAsync(file, orders, lines);
            return await ReconcileAsync(file, orders, lines, kills);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<Run> ReconcileAsync(string file, int orders, int lines, int kills)
    {
        var server = await StartAsync();
        await server.PutAppAsync(Game.ToString(CultureInfo.InvariantCulture), new { name = "game", protocol = "OrderApi", secret = "kkkkkkkkkkkkkkkk" });
        var began = TimeProvider.System.GetTimestamp();
        string id;
        await using (var content = File.OpenRead(file))
        {
            // A client of its own: the file may take longer than a request usually does.
            using var http = new HttpClient { BaseAddress = server.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(15) };
            http.DefaultRequestHeaders.Authorization = server.Http.DefaultRequestHeaders.Authorization;
            using var body = new StreamContent(content);
            using var answer = await http.PostAsync(new Uri($"/api/v1/reconciliations?channel=wechat&gameId={Game}&day={At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", UriKind.Relative), body, Now);
            var text = await answer.Content.ReadAsStringAsync(Now);
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
            id = JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
        }
        var receiving = TimeProvider.System.GetElapsedTime(began);
        began = TimeProvider.System.GetTimestamp();
        for (var kill = 0; kill < kills; kill++)
        {
            await WalkedAsync(server, id, (kill + 1) * lines / (kills + 2));
            await server.KillAsync();
            await server.DisposeAsync();
            server = await StartAsync();
        }
        var done = await WalkedAsync(server, id, long.MaxValue);
        var matching = TimeProvider.System.GetElapsedTime(began);
        await AssertAsync(server, done, orders, lines);
        var peak = server.PeakMegabytes;
        await server.DisposeAsync();
        return new Run(new FileInfo(file).Length, receiving, matching, peak);
    }

    private static async Task AssertAsync(ServerProcess server, JsonElement done, int orders, int lines)
    {
        var counts = done.GetProperty("counts");
        long Count(string name) => counts.GetProperty(name).GetInt64();
        var there = orders - (orders / 100);
        Assert.Equal((lines, lines, lines, 0), (Count("lines"), Count("staged"), Count("walked"), Count("bad")));
        Assert.Equal((there, lines - there, orders, orders / 100), (Count("matched"), Count("missingHere"), Count("payments"), Count("missingThere")));
        Assert.Equal(lines - there + (orders / 100), done.GetProperty("differences").GetInt64());

        // Each difference once, all numbers there: counted in the export, line by line.
        using var export = await server.Http.GetAsync(
            new Uri($"/api/v1/reconciliations/{done.GetProperty("id").GetString()}/differences.csv", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Now);
        using var reader = new StreamReader(await export.Content.ReadAsStreamAsync(Now));
        Assert.StartsWith("number,", await reader.ReadLineAsync(Now), StringComparison.Ordinal);
        var (number, transactions) = (0L, new HashSet<string>(StringComparer.Ordinal));
        while (await reader.ReadLineAsync(Now) is { } line)
        {
            var values = line.Split(',');
            Assert.Equal(++number, long.Parse(values[0], CultureInfo.InvariantCulture));
            Assert.True(transactions.Add(values[2]), line);
        }
        Assert.Equal(done.GetProperty("differences").GetInt64(), number);
    }

    /// <summary>Waits until a reconciliation has come so far, or is done.</summary>
    private static async Task<JsonElement> WalkedAsync(ServerProcess server, string id, long walked)
    {
        while (true)
        {
            using var answer = await server.Http.GetAsync(new Uri("/api/v1/reconciliations/" + id, UriKind.Relative), Now);
            var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Now)).RootElement;
            if (json.GetProperty("state").GetString() == "done" || json.GetProperty("counts").GetProperty("walked").GetInt64() >= walked)
            {
                return json;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
    }

    private Task<ServerProcess> StartAsync() =>
        ServerProcess.StartAsync(_database.Options, ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));

    private static async Task WriteAsync(string file, int orders, int lines)
    {
        await using var to = File.Create(file);
        await StatementFiles.WeChat(Sales(), "wx123", "1900000109").WriteAsync(to, new UTF8Encoding(false), Now);

        IEnumerable<StatementSale> Sales()
        {
            var count = 0;
            for (var i = 0; i < orders; i++)
            {
                if (i % 100 != 0)
                {
                    count++;
                    yield return new StatementSale(Transaction(i), "gems.60", 6.5m, "CNY", At, Id(i).Value);
                }
            }
            for (; count < lines; count++)
            {
                yield return new StatementSale("9" + Transaction(count), "gems.60", 6.5m, "CNY", At);
            }
        }
    }

    /// <summary>The numbers of WeChat are in no order that we would know.</summary>
    private static string Transaction(int i) => (4_200_000_000_000_000_000UL + ((ulong)i * 2_654_435_761 % 4_294_967_296)).ToString(CultureInfo.InvariantCulture);

    private static OrderId Id(int i) => OrderId.FromStore(string.Create(CultureInfo.InvariantCulture, $"{Game}{At.ToUnixTimeSeconds():D10}{i:D10}"));

    /// <summary>Paid orders, straight into the store as its own tables write them.</summary>
    private async Task SeedAsync(int count)
    {
        await using var store = new Database(_database.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await store.OpenAsync(Now);
        var atMs = At.ToUnixTimeMilliseconds();
        await Parallel.ForEachAsync(Enumerable.Range(0, count).Chunk(100), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Now }, async (chunk, _) =>
        {
            await Task.WhenAll(chunk.Select(i => store.WriteAsync(
                async transaction =>
                {
                    var order = new Order
                    {
                        Id = Id(i), GameId = Game, ProductId = "gems.60", Money = new Money(65_000), Currency = "CNY", UserId = "u", CreatedMs = atMs, ExpiresMs = atMs + 1, Channel = "wechat",
                    };
                    var payment = new Payment { Channel = "wechat", Environment = Payment.Production, TransactionId = Transaction(i), Money = order.Money, Currency = "CNY" };
                    await OrderTable.InsertAsync(transaction, order);
                    await PaymentTable.ReserveAsync(transaction, payment, order.Id, atMs, isExpected: true);
                    return await OrderTable.PayAsync(transaction, order, new OrderState(PayState.Paid, Progress.Created), null, payment, isTest: false, atMs);
                },
                Now)));
        });
    }
}
