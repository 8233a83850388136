using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>One game's day: what is paid in it, and the statements that come after it.</summary>
internal sealed class Ledger
{
    private static long s_numbers;
    private readonly Service _service;

    // A program with the machine's clock cannot be taken to the end of today.
    private Ledger(Service service, string gameId) =>
        (_service, GameId, At) = (service, gameId, service.Clock.GetUtcNow() - (ServerProcess.Native is null ? TimeSpan.Zero : TimeSpan.FromDays(1)));

    public string GameId { get; }

    /// <summary>The time at which everything of this day happens.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The business day of <see cref="At"/>.</summary>
    public DateOnly Day => DateOnly.FromDateTime(At.ToOffset(TimeSpan.FromHours(8)).DateTime);

    public static async Task<Ledger> NewAsync(Service service, object? more = null) => new(service, (await service.NewGameAsync(more)).GameId);

    public static string NewNumber(string prefix) => prefix + (4_200_000_000_000_000 + Interlocked.Increment(ref s_numbers));

    public Task<string> CreateAsync(string money = "6.5", string product = "gems.60", string currency = "CNY")
    {
        var order = Native.NewOrder(GameId);
        (order["money"], order["productId"], order["currency"]) = (money, product, currency);
        return _service.CreateAsync(order);
    }

    /// <summary>An order, paid by the word of a payment system.</summary>
    public async Task<(string OrderId, string Transaction)> PayAsync(string channel, string money = "6.5", string product = "gems.60", string currency = "CNY")
    {
        var transaction = NewNumber(channel == "google" ? "GPA.3301-" : "");
        var id = await CreateAsync(money, product, currency);
        var (status, json) = await _service.ActAsync(id, "paid", new { channel, transactionId = transaction, money, currency });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return (id, transaction);
    }

    public async Task RefundAsync(string orderId) =>
        Assert.Equal(HttpStatusCode.OK, (await _service.ActAsync(orderId, "refund", new { reason = "the store said so" })).Status);

    public StatementSale Sale(string transaction, decimal amount = 6.5m, string orderNumber = "", bool isRefund = false, string currency = "CNY", string product = "gems.60") =>
        new(transaction, product, amount, currency, At, orderNumber, isRefund);

    /// <summary>A statement of the channel as its store writes it.</summary>
    public byte[] Statement(string channel, IEnumerable<StatementSale> sales) => channel switch
    {
        "google" => StatementFiles.Google(sales, Service.GooglePackage).Bytes(new UTF8Encoding(true)),
        "alipay" => StatementFiles.Alipay(sales, Day).Bytes(CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!),
        _ => StatementFiles.WeChat(sales, "wx123", "1900000109").Bytes(new UTF8Encoding(true)),
    };

    /// <summary>Lets the day end, and two more hours go by.</summary>
    public void End()
    {
        var midnight = new DateTimeOffset(Day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8));
        if (_service.Clock.GetUtcNow() < midnight)
        {
            _service.Clock.Advance(midnight.AddHours(2) - _service.Clock.GetUtcNow());
        }
    }

    public Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(string channel, byte[] file, DateOnly? day = null, string more = "") =>
        SendAsync(_service, $"channel={channel}&gameId={GameId}&day={(day ?? Day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}{more}", file);

    public static async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(Service service, string query, byte[] file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reconciliations?" + query) { Content = new ByteArrayContent(file) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
        request.Headers.Add("X-Actor", "wang.li");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var response = await service.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Sends a statement of the ended day and waits for what comes of it.</summary>
    public async Task<Reconciled> ReconcileAsync(string channel, byte[] file, DateOnly? day = null, string more = "")
    {
        End();
        var (status, json) = await SendAsync(channel, file, day, more);
        Assert.True(status == HttpStatusCode.Accepted, $"{status}: {json.GetRawText()}");
        return await DoneAsync(json.GetProperty("id").GetString()!);
    }

    public async Task<Reconciled> DoneAsync(string id)
    {
        var since = TimeProvider.System.GetTimestamp();
        JsonElement json;
        while ((json = await _service.GetAsync("/reconciliations/" + id)).GetProperty("state").GetString() != "done")
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), json.GetRawText());
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        var differences = await _service.GetAsync($"/reconciliations/{id}/differences?limit=200");
        return new Reconciled(id, json, [.. differences.GetProperty("items").EnumerateArray()]);
    }
}

/// <summary>What came of a statement.</summary>
internal sealed record Reconciled(string Id, JsonElement Json, IReadOnlyList<JsonElement> Differences)
{
    public long this[string count] => Json.GetProperty("counts").GetProperty(count).GetInt64();

    /// <summary>The only difference of a kind.</summary>
    public JsonElement Only(string kind) => Assert.Single(Differences, difference => difference.GetProperty("kind").GetString() == kind);

    public string Kinds => string.Join(",", Differences.Select(difference => difference.GetProperty("kind").GetString()).Order(StringComparer.Ordinal));
}
