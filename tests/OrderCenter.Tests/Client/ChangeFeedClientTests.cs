using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.ChangeFeed;
using OrderCenter.Client;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.ChangeFeed;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Client;

/// <summary>The package's reader of the feed against the real service.</summary>
public sealed class ChangeFeedClientTests(ChangeFeedClientTests.Keeping service) : IClassFixture<ChangeFeedClientTests.Keeping>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Keeping : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Changes:KeepDays=3"];
    }

    [Fact]
    public async Task Every_change_comes_once_in_order_page_by_page_and_on_from_the_cursor_that_was_kept()
    {
        var (game, client) = await NewAsync();
        var first = await service.CreateAsync(Native.NewOrder(game, "A-1"));
        await service.ActAsync(first, "paid", new { channel = "bank", transactionId = "feed-" + game });
        await service.NumberAsync();
        var second = await service.CreateAsync(Native.NewOrder(game));
        await service.NumberAsync();
        await service.ActAsync(first, "refund", new { reason = "x" });
        await service.NumberAsync();

        var (changes, pages, cursor) = (new List<OrderChange>(), 0, (string?)null);
        Task KeepAsync(ChangesAnswer.Page page, CancellationToken cancellationToken)
        {
            Assert.False(cancellationToken.IsCancellationRequested);
            changes.AddRange(page.Items);
            pages++;
            cursor = page.NextCursor;
            return Task.CompletedTask;
        }

        var end = Assert.IsType<ChangesAnswer.Page>(await client.ReadToEndAsync(null, KeepAsync, Now, limit: 3));
        Assert.Equal((2, 4, false, cursor), (pages, changes.Count, end.HasMore, end.NextCursor));
        Assert.Equal(
            [(1, first, "order.created", false, false), (2, first, "order.paid", true, false), (3, second, "order.created", false, false), (4, first, "order.refunded", false, true)],
            changes.Select(change => ((int)change.Number, change.OrderId, change.Event, change.GrantsGoods, change.IsRefunded)));
        Assert.Equal(("A-1", null, 0, 1), (changes[0].MerchantOrderId, changes[2].MerchantOrderId, changes[0].Move, changes[1].Move));
        Assert.Equal(service.Clock.GetUtcNow(), changes[0].At);

        // Nothing new: one empty page. Then what came meanwhile, and a handler that fails sees its page again.
        changes.Clear();
        await client.ReadToEndAsync(cursor, KeepAsync, Now);
        Assert.Empty(changes);
        await service.ActAsync(second, "close", new { reason = "x" });
        await service.NumberAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ReadToEndAsync(cursor, (_, _) => throw new InvalidOperationException("the database is away"), Now));
        await client.ReadToEndAsync(cursor, KeepAsync, Now);
        Assert.Equal("order.closed", Assert.Single(changes).Event);
    }

    [Fact]
    public async Task A_cursor_whose_changes_are_no_longer_kept_is_an_outcome_of_its_own()
    {
        var (game, client) = await NewAsync();
        var start = Assert.IsType<ChangesAnswer.Page>(await client.ReadAsync(null, Now)).NextCursor;
        var order = await service.CreateAsync(Native.NewOrder(game));
        await service.NumberAsync();
        service.Clock.Advance(TimeSpan.FromDays(4));
        await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "feed-" + game });
        await service.NumberAsync();
        while (await service.Services.GetRequiredService<FeedReader>().PruneAsync(Now))
        {
        }
        var handled = 0;
        var gone = Assert.IsType<ChangesAnswer.Gone>(await client.ReadToEndAsync(
            start,
            (_, _) =>
            {
                handled++;
                return Task.CompletedTask;
            },
            Now));
        Assert.Equal((0, 2), (handled, gone.OldestNumber));
        Assert.Contains("without a cursor", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_or_a_foreign_cursor_is_refused_in_words()
    {
        var (game, client) = await NewAsync();
        var (_, other) = await NewAsync();
        var cursor = Assert.IsType<ChangesAnswer.Page>(await other.ReadAsync(null, Now)).NextCursor;
        Assert.Equal(400, Assert.IsType<ChangesAnswer.Refused>(await client.ReadAsync(cursor, Now)).HttpStatus);
        var refused = Assert.IsType<ChangesAnswer.Refused>(await new ChangeFeedClient(service.Http, long.Parse(game), "another secret").ReadAsync(null, Now));
        Assert.Equal((401, true), (refused.HttpStatus, refused.Message.Length > 0));
        Assert.Equal(Feed.TokenOf(game), ChangeFeedClient.Token(long.Parse(game), Secret));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "7", 7)]
    [InlineData(HttpStatusCode.TooManyRequests, null, 1)]
    public async Task A_busy_service_says_when_to_come_again(HttpStatusCode status, string? retryAfter, int seconds)
    {
        using var http = new HttpClient(new Fixed(status, "{}", retryAfter)) { BaseAddress = new Uri("http://oc.example") };
        var busy = Assert.IsType<ChangesAnswer.Busy>(await new ChangeFeedClient(http, 1, Secret).ReadAsync(null, Now));
        Assert.Equal(TimeSpan.FromSeconds(seconds), busy.RetryAfter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"items":[{}],"nextCursor":"x","hasMore":false}""")]
    [InlineData("""{"items":[],"nextCursor":null,"hasMore":false}""")]
    public async Task What_is_no_page_throws_what_may_be_tried_again(string answer)
    {
        using var http = new HttpClient(new Fixed(HttpStatusCode.OK, answer, null)) { BaseAddress = new Uri("http://oc.example") };
        await Assert.ThrowsAsync<HttpRequestException>(() => new ChangeFeedClient(http, 1, Secret).ReadAsync(null, Now));
    }

    private async Task<(string Game, ChangeFeedClient Client)> NewAsync()
    {
        var game = await service.NewGameAsync(new { unpaidExpiresMinutes = 20_000 });
        return (game.GameId, new ChangeFeedClient(service.Http, long.Parse(game.GameId), Secret));
    }

    private sealed class Fixed(HttpStatusCode status, string body, string? retryAfter) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body) };
            if (retryAfter is not null)
            {
                answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            }
            return Task.FromResult(answer);
        }
    }
}
