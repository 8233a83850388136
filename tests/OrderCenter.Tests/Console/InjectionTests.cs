using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What games, players, stores and receivers wrote is shown as the text that it is: nothing of it is an element, an address or code, whatever it looks like.
/// </summary>
public sealed class InjectionTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    private const int NameLength = 120;

    /// <summary><c>injected</c> fails the visit that calls it; what the Content-Security-Policy would have to stop fails it too.</summary>
    private static readonly string[] s_texts =
    [
        "<img src=x onerror=\"injected('img')\">",
        "<script>injected('script')</script>",
        "javascript:injected('address')",
        "\"><svg onload=injected('svg')>",
        "'-injected('quote')-'",
        "<a href=\"javascript:injected('link')\">press</a>",
        "<iframe srcdoc=\"<script>parent.injected('frame')</script>\"></iframe>",
        "</pre></title></textarea><body onload=injected('body')>",
        "{{constructor.constructor(\"injected('template')\")()}}",
        "${injected('literal')} $t(app.signOut) {{id}} {0} %s",
        "&lt;b&gt;&amp;#x41;",
        "\u202Egnp.elif\u2066\u200F\u0007\u001B[31m",
        new string('W', NameLength),
    ];

    /// <summary>What the texts would have become, if they were not text.</summary>
    private const string Foreign = """
        () => [...document.querySelectorAll('img[src=x], iframe, object, embed, base, form[action], script, a, [onerror], [onload]')]
          .filter(element => !(element.tagName === 'A' && /^https?:$/.test(element.protocol) && element.host === location.host))
          .filter(element => !(element.tagName === 'SCRIPT' && element.src.startsWith(location.origin + '/console/assets/')))
          .map(element => element.outerHTML.slice(0, 200))
        """;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_order_holds_is_text_in_the_order_and_in_every_list()
    {
        await using var receiver = RawReceiver.Answering(Encoding.UTF8.GetBytes(string.Join('\n', s_texts)));
        var game = await Service.NewGameAsync(new Uri($"http://127.0.0.1:{receiver.Port}/?a=<script>injected('query')</script>"));
        await Service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { name = s_texts[0] + game.GameId });
        var orders = new List<(string OrderId, string Text)>();
        foreach (var text in s_texts)
        {
            var orderId = await Service.CreateAsync(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["gameId"] = game.GameId, ["productId"] = text, ["productName"] = text, ["money"] = "6.5", ["currency"] = "CNY", ["userId"] = text, ["merchantOrderId"] = text,
                ["extra"] = new Dictionary<string, object>(StringComparer.Ordinal) { [text] = new[] { text } },
            });
            var body = new { channel = "bank", transactionId = text + game.GameId, reason = text };
            var (status, json) = await Service.ActAsync(orderId, "paid", body);
            Assert.True(status == HttpStatusCode.OK, json.ToString());
            orders.Add((orderId, text));
        }
        foreach (var (orderId, _) in orders)
        {
            await Service.CallbackAsync(orderId, "delivered");
        }

        await VisitAsync("admin", async visit =>
        {
            foreach (var (orderId, text) in orders)
            {
                await visit.GoAsync("/orders/" + orderId);
                var facts = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Facts", Exact = true });
                foreach (var name in new[] { "Player", "Game’s order number" })
                {
                    await Expect(facts.Locator("div").Filter(new LocatorFilterOptions { Has = visit.Page.GetByText(name, new PageGetByTextOptions { Exact = true }) }).Locator("dd").First).ToContainTextAsync(text);
                }
                await Expect(visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "What happened", Exact = true })).ToContainTextAsync(text);
                await AssertOnlyTextAsync(visit);
            }
            foreach (var address in new[] { "/orders?gameId=", "/callbacks?gameId=", "/audit?gameId=" })
            {
                await visit.Page.SetViewportSizeAsync(Look.Desk.Width, Look.Desk.Height);
                await visit.GoAsync(address + game.GameId);
                await AssertOnlyTextAsync(visit);
                var closed = visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Expand row", Exact = true });
                for (var left = await closed.CountAsync(); left > 0; left--)
                {
                    await closed.First.ClickAsync();
                }
                await AssertOnlyTextAsync(visit);
            }
            await visit.GoAsync("/orders?gameId=" + game.GameId);
            foreach (var (_, text) in orders)
            {
                await Expect(visit.Main).ToContainTextAsync(text);
            }
        });
    }

    [Fact]
    public async Task What_is_searched_for_and_what_an_address_holds_is_text()
    {
        await VisitAsync("viewer", async visit =>
        {
            foreach (var text in s_texts)
            {
                await visit.GoAsync("/search?q=" + Uri.EscapeDataString("nobody " + text));
                await Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToContainTextAsync(text);
                await AssertOnlyTextAsync(visit);
            }
            foreach (var address in new[] { "/orders/", "/orders?state=", "/callbacks?status=", "/notifications?id=", "/audit?from=", "/" })
            {
                await visit.Page.GotoAsync("/console" + address + Uri.EscapeDataString(s_texts[0]));
                await visit.SettleAsync();
                await AssertOnlyTextAsync(visit);
            }
        });
    }

    [Fact]
    public async Task What_a_store_notifies_of_is_text()
    {
        var game = await Service.NewGameAsync(new Uri("http://127.0.0.1:9/"));
        var notices = new List<(string Id, string Text)>();
        foreach (var text in s_texts.Where(text => !text.Any(letter => char.IsControl(letter) || letter is '&' or '%' or '+')))
        {
            var notice = await Service.NotifyAsync(game.GameId, trade => trade with { NotifyId = text, TradeNo = text[..Math.Min(text.Length, 50)] + game.GameId });
            notices.Add((notice.GetProperty("id").GetString()!, text));
        }
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync("/notifications?gameId=" + game.GameId);
            await AssertOnlyTextAsync(visit);
            await visit.Page.SetViewportSizeAsync(Look.Desk.Width, Look.Desk.Height);
            foreach (var (id, text) in notices)
            {
                await visit.GoAsync("/notifications?id=" + id);
                await Expect(visit.Dialog("Notification").GetByText("Body as it came")).ToBeVisibleAsync();
                await Expect(visit.Dialog("Notification")).ToContainTextAsync(text);
                await AssertOnlyTextAsync(visit);
            }
        });
    }

    [Fact]
    public async Task What_a_receiver_answered_is_text()
    {
        await using var receiver = RawReceiver.Answering(Encoding.UTF8.GetBytes(string.Join('\n', s_texts)), "Content-Type: text/html");
        var game = await Service.NewGameAsync(new Uri($"http://127.0.0.1:{receiver.Port}/"));
        var (orderId, _) = await Service.PaidAsync(game);
        await Service.CallbackAsync(orderId, "delivered");
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.Main.GetByText("Answer", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
            foreach (var text in s_texts)
            {
                await Expect(visit.Main.Locator("pre").First).ToContainTextAsync(text);
            }
            await AssertOnlyTextAsync(visit);
        });
    }

    [Fact]
    public async Task What_a_person_wrote_as_a_reason_is_text()
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        using var person = await Person.NewAsync(Service, "support");
        var reason = string.Join(' ', s_texts.Where(text => !text.Any(char.IsControl)).Select(text => text[..Math.Min(text.Length, 40)]));
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.ActAsync("Close", reason);
            await Expect(visit.Main).ToContainTextAsync(reason);
            await AssertOnlyTextAsync(visit);
            await visit.Page.SetViewportSizeAsync(Look.Desk.Width, Look.Desk.Height);
            await visit.GoAsync("/audit?actor=" + person.Name);
            await Expect(visit.Main).ToContainTextAsync(reason);
            await AssertOnlyTextAsync(visit);
        });
    }

    /// <summary>Nothing became an element, and even the longest text leaves a phone's screen whole.</summary>
    private static async Task AssertOnlyTextAsync(Visit visit)
    {
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(Foreign));
        await visit.AssertFitsPhoneAsync();
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(Foreign));
        await visit.Page.SetViewportSizeAsync(Look.Desk.Width, Look.Desk.Height);
    }
}
