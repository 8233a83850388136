using System.Globalization;
using System.Net;
using System.Text;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>Files that are none, lines that are none, and what is asked for wrongly: a clear refusal, or a counted line, and never a 500.</summary>
public sealed class HostileTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("channel=points&gameId=GAME&day=DAY", "channel")]
    [InlineData("gameId=GAME&day=DAY", "channel")]
    [InlineData("channel=google&gameId=nobody&day=DAY", "gameId")]
    [InlineData("channel=google&gameId=GAME", "day")]
    [InlineData("channel=google&gameId=GAME&day=2026-02-30", "day")]
    [InlineData("channel=google&gameId=GAME&day=9999-12-31", "day")]
    [InlineData("channel=google&gameId=GAME&day=DAY&lastDay=2020-01-01", "lastDay")]
    [InlineData("channel=google&gameId=GAME&day=2020-01-01&lastDay=2020-03-01", "lastDay")]
    public async Task What_is_asked_for_wrongly_is_refused_by_its_name(string query, string field)
    {
        var ledger = await Ledger.NewAsync(service);
        ledger.End();
        var (status, json) = await Ledger.SendAsync(service, query.Replace("GAME", ledger.GameId, StringComparison.Ordinal).Replace("DAY", Text(ledger.Day), StringComparison.Ordinal), "x"u8.ToArray());
        Assert.Equal((HttpStatusCode.BadRequest, field), (status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
    }

    [Fact]
    public async Task A_day_that_is_not_over_is_refused()
    {
        var ledger = await Ledger.NewAsync(service);
        var (status, json) = await ledger.SendAsync("google", "x"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("must be over", json.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> NoStatements() => new()
    {
        { "google", [] },
        { "google", "Description,Amount\nGPA.1,5\n"u8.ToArray() },
        { "google", [0, 1, 2, 3, 0xFF, 0xFE, 0, 0] },
        { "google", "PK\u0003\u0004zip"u8.ToArray() },
        { "apple", [0x1F, 0x8B, 8, 0, 0] },
        { "alipay", "`交易时间,`公众账号ID\n"u8.ToArray() },
        { "wechat", Encoding.UTF8.GetBytes(new string('x', 3_000_000)) },
        { "wechat", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("nothing,here\n", 100_000))) },
        { "apple", Encoding.UTF8.GetBytes("SKU\tUnits\n" + new string('\t', 100_000)) },
    };

    [Theory]
    [MemberData(nameof(NoStatements))]
    public async Task A_file_that_is_no_statement_of_that_store_is_refused_and_leaves_nothing(string channel, byte[] file)
    {
        var ledger = await Ledger.NewAsync(service);
        ledger.End();
        var (status, json) = await ledger.SendAsync(channel, file);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.True(json.GetProperty("title").GetString()!.Length < 2000, json.GetRawText());
        Assert.Empty((await service.GetAsync("/reconciliations?gameId=" + ledger.GameId)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_line_that_never_ends_behind_a_good_header_refuses_the_file()
    {
        var ledger = await Ledger.NewAsync(service);
        ledger.End();
        var good = ledger.Statement("google", [ledger.Sale("GPA.good")]);
        var (status, _) = await ledger.SendAsync("google", [.. good, .. Encoding.UTF8.GetBytes(new string('y', 4_000_000))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Empty((await service.GetAsync("/reconciliations?gameId=" + ledger.GameId)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("google")]
    [InlineData("alipay")]
    [InlineData("wechat")]
    public async Task Bad_lines_are_counted_and_listed_with_their_number_and_spoil_no_other(string channel)
    {
        var ledger = await Ledger.NewAsync(service);
        var (first, last) = (await ledger.PayAsync(channel), await ledger.PayAsync(channel));
        var lines = Encoding.UTF8.GetString(channel == "alipay"
            ? StatementFiles.Alipay([ledger.Sale(first.Transaction), ledger.Sale(last.Transaction)], ledger.Day).Bytes(Encoding.UTF8)
            : ledger.Statement(channel, [ledger.Sale(first.Transaction), ledger.Sale(last.Transaction)])).TrimStart('\ufeff').Split("\r\n").ToList();
        var at = lines.FindIndex(line => line.Contains(first.Transaction, StringComparison.Ordinal));
        var good = lines[at];
        string[] bad =
        [
            good.Replace(first.Transaction, "", StringComparison.Ordinal), good.Replace(first.Transaction, new string('9', 200), StringComparison.Ordinal),
            good.Replace("6.5", "6.5.5", StringComparison.Ordinal), good.Replace("6.5", "99999999999999999999", StringComparison.Ordinal), good.Replace("2026", "20x6", StringComparison.Ordinal),
            good.Replace("6.5", "0.00001", StringComparison.Ordinal), good + new string('z', 20_000),
            .. channel == "wechat" ? ["`nonsense", "garbage"] : new[] { "\"" + good.Replace("\"", "", StringComparison.Ordinal) },
        ];
        lines.InsertRange(at, bad);
        var found = await ledger.ReconcileAsync(channel, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        Assert.Equal((2, bad.Length), (found["matched"], found["bad"]));
        Assert.Equal(string.Join(',', Enumerable.Repeat("badLine", bad.Length)), found.Kinds);
        Assert.Equal(Enumerable.Range(at + 1, bad.Length).Select(line => (long)line), found.Differences.Select(difference => difference.GetProperty("line").GetInt64()).Order());
        Assert.All(found.Differences, difference => Assert.NotEmpty(difference.GetProperty("detail").GetString()!));
    }

    [Fact]
    public async Task Amounts_that_add_up_beyond_all_bounds_are_a_difference_and_no_fault()
    {
        var ledger = await Ledger.NewAsync(service);
        var paid = await ledger.PayAsync("wechat");
        var found = await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", Enumerable.Range(0, 3000).Select(_ => ledger.Sale(paid.Transaction, 9_999_999_999.99m))));
        Assert.Equal("charged 3000 times", found.Only("amountDiffers").GetProperty("detail").GetString());
        var units = await ledger.ReconcileAsync(
            "apple", StatementFiles.AppleSales(Enumerable.Range(0, 2000).Select(_ => ("gems.60", 9_999_999L, 400m, "CNY")), ledger.Day).Bytes(Encoding.UTF8));
        Assert.Equal(2000 * 9_999_999L, units["missingHere"]);
    }

    [Fact]
    public async Task More_bad_lines_than_anybody_reads_are_counted_and_a_thousand_listed()
    {
        var ledger = await Ledger.NewAsync(service);
        var lines = StatementFiles.WeChat([], "wx", "1").ToList();
        lines.InsertRange(1, Enumerable.Repeat("`x,`y", 5000));
        var found = await ledger.ReconcileAsync("wechat", lines.Bytes(Encoding.UTF8));
        Assert.Equal((5000, 1000), (found["bad"], found.Json.GetProperty("differences").GetInt64()));
    }

    [Fact]
    public async Task What_a_spreadsheet_would_run_is_escaped_in_the_export()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("wechat", ledger.Statement("wechat", [ledger.Sale("=HYPERLINK(1)"), ledger.Sale("a,b")]));
        using var response = await service.SendAsync(HttpMethod.Get, $"/api/v1/reconciliations/{found.Id}/differences.csv?kind=missingHere");
        Assert.Equal(("text/csv", HttpStatusCode.OK), (response.Content.Headers.ContentType?.MediaType, response.StatusCode));
        var bytes = await response.Content.ReadAsByteArrayAsync(Now);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.StartsWith("number,kind,transactionId,orderId,", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("\"'=HYPERLINK(1)\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(",\"a,b\",", StringComparison.Ordinal));
        Assert.Equal(4, lines.Length);
    }

    [Theory]
    [InlineData("/reconciliations/nope", 404)]
    [InlineData("/reconciliations/..%2F..%2Fapps", 404)]
    [InlineData("/reconciliations/nope/differences", 404)]
    [InlineData("/reconciliations/nope/differences.csv", 404)]
    [InlineData("/reconciliations/nope/differences?kind=all", 400)]
    [InlineData("/reconciliations/nope/differences?cursor=zzz", 400)]
    [InlineData("/reconciliations?channel=bank", 400)]
    [InlineData("/reconciliations?gameId=nobody", 400)]
    [InlineData("/reconciliations?limit=201", 400)]
    public async Task What_is_not_there_is_not_found_and_what_is_malformed_is_refused(string path, int status)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1" + path);
        await Native.AssertProblemAsync(response, (HttpStatusCode)status);
    }

    [Fact]
    public async Task A_file_that_breaks_off_leaves_nothing_behind()
    {
        var ledger = await Ledger.NewAsync(service);
        ledger.End();
        using var stop = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/reconciliations?channel=wechat&gameId={ledger.GameId}&day={Text(ledger.Day)}")
        {
            Content = new BreakingContent(ledger.Statement("wechat", Enumerable.Range(0, 2000).Select(i => ledger.Sale("B" + i))), stop),
        };
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", Service.Token);
        await Assert.ThrowsAnyAsync<Exception>(() => service.Http.SendAsync(request, stop.Token));
        var since = TimeProvider.System.GetTimestamp();
        while ((await service.GetAsync("/reconciliations?gameId=" + ledger.GameId)).GetProperty("items").GetArrayLength() > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Now);
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A body that ends in the middle of nothing.</summary>
    private sealed class BreakingContent(byte[] file, CancellationTokenSource stop) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(file, CancellationToken.None);
            await stream.FlushAsync(CancellationToken.None);
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
