using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OrderCenter.Tests.Client;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What holds for every page: people with disabilities can use it, a phone shows it whole, in Chinese it is Chinese.</summary>
public sealed partial class PagesTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    private const string Sources = "src/console/src";

    /// <summary>Whatever can be named and is shown: in Chinese, the names that hold English words and nothing Chinese. What others named is not looked at.</summary>
    private const string Leftovers = """
        () => {
          const found = [];
          const look = (element, text) => {
            const isSample = /^\w+=/.test(text);
            const isOurs = !isSample && !element.closest('[lang=en], [aria-hidden=true], .anticon, .facts-more ~ .facts');
            if (isOurs && element.checkVisibility() && /[A-Za-z]{2,}/.test(text) && !/[\u4e00-\u9fff]/.test(text)) {
              found.push(`${element.tagName.toLowerCase()}: ${text.trim()}`);
            }
          };
          for (const element of document.querySelectorAll('nav a, h1, h2, h3, th:not([scope=row]), dt, label, legend, button, summary, caption')) {
            look(element, element.innerText);
          }
          for (const name of ['aria-label', 'placeholder']) {
            document.querySelectorAll(`[${name}]`).forEach(element => look(element, element.getAttribute(name)));
          }
          return found;
        }
        """;

    /// <summary>Every text that stands in the page.</summary>
    private const string Texts = """
        () => {
          const texts = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            if (!walker.currentNode.parentElement.closest('[lang=en], script, style, pre, code, dd')) {
              texts.push(walker.currentNode.data.trim());
            }
          }
          return texts;
        }
        """;

    public static TheoryData<string> Names() => [.. ConsolePage.All.Select(page => page.Name)];

    [Fact]
    public void The_list_of_pages_is_that_of_the_router()
    {
        var router = string.Concat(((string[])["router.tsx", "pages.ts"]).Select(name => File.ReadAllText(Path.Combine(Repository.Root, Sources, "app", name))));
        var routes = Route().Matches(router).Select(match => match.Groups["route"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(routes.Count > 5);
        Assert.Equal(routes.Order(StringComparer.Ordinal), ConsolePage.All.Select(page => page.Route).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(ConsolePage.All.Count, ConsolePage.All.Select(page => page.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_page_can_be_used_by_everybody_in_the_light_in_the_dark_and_on_a_phone(string name) => ShowAsync(name, Look.Desk, async visit =>
    {
        Assert.EndsWith(" · OrderCenter", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        await Axe.AssertFaultlessAsync(visit.Page);
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("color-scheme", "dark");
        await Axe.AssertFaultlessAsync(visit.Page);
        await visit.AssertFitsPhoneAsync();
        await Axe.AssertFaultlessAsync(visit.Page);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public Task In_Chinese_a_page_is_Chinese(string name) => ShowAsync(name, Look.Chinese, async visit =>
    {
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(Leftovers));
        Assert.Matches("[\u4e00-\u9fff].* · 订单中心$", await visit.Page.TitleAsync());
        var english = EnglishTexts();
        Assert.DoesNotContain(await visit.Page.EvaluateAsync<string[]>(Texts), english.Contains);
        await visit.AssertFitsPhoneAsync();
    });

    [Fact]
    public async Task The_language_is_switched_on_every_page_and_kept()
    {
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/callbacks");
            await visit.Button("中文").ClickAsync();
            await Expect(visit.Heading("回调")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
            await Expect(visit.Page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "页面", Exact = true })).ToContainTextAsync("审计日志");
            await visit.Page.ReloadAsync();
            await Expect(visit.Heading("回调")).ToBeVisibleAsync();
            await visit.Button("English").ClickAsync();
            await Expect(visit.Heading("Callbacks")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        });
    }

    [Fact]
    public async Task The_colors_are_switched_and_kept()
    {
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync("/orders");
            await visit.Button("Dark mode").ClickAsync();
            await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("color-scheme", "dark");
            await visit.Page.ReloadAsync();
            await Expect(visit.Button("Light mode")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("color-scheme", "dark");
        });
    }

    [Fact]
    public async Task Every_link_of_the_navigation_leads_to_a_page_and_is_marked_as_the_present_one()
    {
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/orders");
            var links = visit.Page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Pages", Exact = true }).GetByRole(AriaRole.Link);
            foreach (var name in await links.AllInnerTextsAsync())
            {
                var link = links.And(visit.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true }));
                await link.ClickAsync();
                await Expect(link).ToHaveAttributeAsync("aria-current", "page");
                await visit.SettleAsync();
                await Expect(visit.Heading("There is no such page")).ToHaveCountAsync(0);
                await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
            }
        });
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task A_dialog_can_be_used_by_everybody_and_on_a_phone(string colors)
    {
        var sample = await Service.SampleAsync();
        var look = new Look(Colors: colors == "dark" ? ColorScheme.Dark : ColorScheme.Light);
        await VisitAsync("admin", async visit =>
        {
            foreach (var (address, button, hasReason) in new[]
            {
                ("/orders/" + sample.OrderId, "Redeliver", true), ("/orders/" + sample.OrderId, "Refund", true), ("/callbacks?gameId=" + sample.GameId, "Redeliver many", false),
                ("/operators", "New operator", false), ("/tokens", "New token", false),
            })
            {
                await visit.Page.SetViewportSizeAsync(Look.Desk.Width, Look.Desk.Height);
                await visit.GoAsync(address);
                await visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button, Exact = true }).First.ClickAsync();
                await Expect(visit.Dialog(button)).ToBeVisibleAsync();
                await Expect(visit.Dialog(button).GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true })).ToHaveCountAsync(hasReason ? 1 : 0);
                await Axe.AssertFaultlessAsync(visit.Page);
                await visit.AssertFitsPhoneAsync();
            }
        }, look);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task What_the_pointer_is_over_can_be_read(ColorScheme colors)
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("admin", async visit =>
        {
            foreach (var address in new[] { "/orders/" + sample.OrderId, "/tokens", "/profile" })
            {
                await visit.GoAsync(address);
                await Axe.AssertReadableUnderPointerAsync(visit.Page, visit.Main.Locator("button:enabled:visible"));
                await Axe.AssertReadableUnderPointerAsync(visit.Page, visit.Main.Locator("a:visible"));
            }
        }, new Look(Colors: colors));
    }

    private async Task ShowAsync(string name, Look look, Func<Visit, Task> lookAsync)
    {
        var page = ConsolePage.All.Single(one => one.Name == name);
        var sample = await Service.SampleAsync();
        await VisitAsync(page.IsForAll ? null : "admin", async visit =>
        {
            await visit.GoAsync(page.Address(sample));
            await lookAsync(visit);
        }, look);
    }

    /// <summary>The console's English texts: a whole one in a Chinese page was not translated.</summary>
    private static HashSet<string> EnglishTexts()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, Sources, "texts", "en"), "*.ts");
        var texts = files.SelectMany(file => EnglishText().Matches(File.ReadAllText(file))).Select(match => match.Groups["text"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(texts.Count > 200);
        return texts;
    }

    [GeneratedRegex("\\bpath: '(?<route>[^']+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Route();

    [GeneratedRegex(": '(?<text>[A-Z][^'{}]{2,})'", RegexOptions.ExplicitCapture)]
    private static partial Regex EnglishText();
}
