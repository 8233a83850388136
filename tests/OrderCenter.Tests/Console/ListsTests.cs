using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What lists have in common: their filters, a file of all that these find, and going on where little was found.</summary>
public sealed class ListsTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    private const string Export = "Download as CSV";

    /// <summary>Asks as the browser does when somebody follows the link.</summary>
    private const string Fetch = """
        async address => {
          const answer = await fetch(address);
          await answer.text();
          return `${answer.status} ${answer.headers.get('Content-Type')}`;
        }
        """;

    [Theory]
    [InlineData("viewer", 0, 0)]
    [InlineData("support", 0, 0)]
    [InlineData("finance", 1, 0)]
    [InlineData("admin", 1, 1)]
    public async Task A_list_is_a_file_for_whoever_may_have_it(string role, int ofLists, int ofHolders)
    {
        var sample = await Service.SampleAsync();
        var lists = ((string[])["/orders", "/callbacks", "/notifications", "/reconciliations", "/reconciliations/" + sample.ReconciliationId, "/apps", "/audit"])
            .Select(address => (Address: address, Links: ofLists));
        var holders = ((string[])["/operators", "/tokens"]).Where(_ => ofHolders > 0).Select(address => (Address: address, Links: ofHolders));
        await VisitAsync(role, async visit =>
        {
            foreach (var (address, links) in lists.Concat(holders))
            {
                await visit.GoAsync(address);
                await Expect(ExportLink(visit)).ToHaveCountAsync(links);
                if (links > 0)
                {
                    var file = await ExportLink(visit).GetAttributeAsync("href");
                    Assert.Equal((address, "200 text/csv; charset=utf-8"), (address, await visit.Page.EvaluateAsync<string>(Fetch, file)));
                }
            }
        });
    }

    [Fact]
    public async Task A_file_holds_what_the_filters_of_the_list_find()
    {
        var (game, wanted, other) = await TwoOrdersAsync();
        await VisitAsync("finance", async visit =>
        {
            await visit.GoAsync($"/orders?gameId={game}&channel=wechat&test=false");
            var download = await visit.Page.RunAndWaitForDownloadAsync(() => ExportLink(visit).ClickAsync());
            Assert.Matches("^orders-[0-9]{8}-[0-9]{6}\\.csv$", download.SuggestedFilename);
            var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("orderId,", lines[0].TrimStart('\ufeff'), StringComparison.Ordinal);
            Assert.StartsWith(wanted + ",", lines[1], StringComparison.Ordinal);
            Assert.DoesNotContain(other, lines[1], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Filters_that_are_seldom_needed_unfold_and_are_in_the_address()
    {
        var (game, wanted, other) = await TwoOrdersAsync();
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync("/orders?gameId=" + game);
            await Expect(Order(visit, other)).ToBeVisibleAsync();
            await Expect(Field(visit, "Channel")).ToBeHiddenAsync();
            await More(visit).ClickAsync();
            await Field(visit, "Channel").FillAsync("wechat");
            await Field(visit, "Price from").FillAsync("98");
            await visit.Button("Search").ClickAsync();
            await Expect(Order(visit, other)).ToHaveCountAsync(0);
            await Expect(Order(visit, wanted)).ToBeVisibleAsync();
            Assert.Contains("channel=wechat", visit.Page.Url, StringComparison.Ordinal);
            Assert.Contains("moneyFrom=98", visit.Page.Url, StringComparison.Ordinal);

            await visit.Page.ReloadAsync();
            await Expect(Field(visit, "Channel")).ToHaveValueAsync("wechat");
            await Expect(Field(visit, "Channel")).ToBeVisibleAsync();
            await Field(visit, "Price from").FillAsync("98.0001");
            await visit.Button("Search").ClickAsync();
            await Expect(visit.Main.GetByText("Nothing matches these filters", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();

            await visit.Button("Clear filters").ClickAsync();
            await Expect(Field(visit, "Channel")).ToBeHiddenAsync();
            Assert.DoesNotContain("channel=", visit.Page.Url, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Callbacks_are_found_by_what_was_answered()
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync($"/callbacks?gameId={sample.GameId}&httpStatus=500");
            await Expect(Order(visit, sample.OrderId).First).ToBeVisibleAsync();
            await Field(visit, "HTTP status of an answer").FillAsync("200");
            await visit.Button("Search").ClickAsync();
            await Expect(visit.Main.GetByText("Nothing matches these filters", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await Expect(Order(visit, sample.OrderId)).ToHaveCountAsync(0);
        });
    }

    /// <summary>The server tries filters on a bounded number of rows at a time: a page may hold nothing, and the list goes on.</summary>
    [Fact]
    public async Task A_page_that_found_nothing_offers_to_go_on_where_the_list_does()
    {
        var (game, wanted, _) = await TwoOrdersAsync();
        await VisitAsync("viewer", async visit =>
        {
            await visit.Page.RouteAsync(
                url => url.Contains("/api/v1/orders?", StringComparison.Ordinal),
                route => route.Request.Url.Contains("cursor=further", StringComparison.Ordinal)
                    ? route.ContinueAsync(new RouteContinueOptions { Url = route.Request.Url.Replace("cursor=further", "limit=50", StringComparison.Ordinal) })
                    : route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = """{"items":[],"nextCursor":"further"}""" }));
            await visit.GoAsync($"/orders?gameId={game}&channel=wechat");
            await Expect(visit.Main).ToContainTextAsync("Nothing matches these filters so far.");
            await visit.Button("Search older entries").ClickAsync();
            await Expect(Order(visit, wanted)).ToBeVisibleAsync();
            Assert.Contains("cursor=further", visit.Page.Url, StringComparison.Ordinal);
            await Expect(visit.Button("Search older entries")).ToHaveCountAsync(0);
        });
    }

    private static ILocator ExportLink(Visit visit) => visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = Export, Exact = true });

    private static ILocator Order(Visit visit, string orderId) => visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = orderId, Exact = true });

    private static ILocator More(Visit visit) => visit.Main.GetByText("More filters", new LocatorGetByTextOptions { Exact = true });

    private static ILocator Field(Visit visit, string label) => visit.Main.GetByLabel(label, new LocatorGetByLabelOptions { Exact = true });

    /// <summary>Two orders of a new game, of which one is of the channel wechat and costs more.</summary>
    private async Task<(string GameId, string Wanted, string Other)> TwoOrdersAsync()
    {
        var game = await Service.NewGameAsync();
        var order = Native.NewOrder(game.GameId);
        (order["channel"], order["money"]) = (4, "98");
        return (game.GameId, await Service.CreateAsync(order), await Service.CreateAsync(Native.NewOrder(game.GameId)));
    }
}
