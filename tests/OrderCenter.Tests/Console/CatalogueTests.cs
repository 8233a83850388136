using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>The products of a game are set on its page.</summary>
public sealed class CatalogueTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task A_catalogue_is_written_shows_what_is_wrong_in_it_and_is_removed()
    {
        var game = await Service.NewGameAsync();
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/apps/" + game.GameId);
            var panel = Panel(visit);
            await Expect(panel.GetByText("This game has no catalogue.")).ToBeVisibleAsync();
            foreach (var (json, fault) in new[]
            {
                ("{\"gem-60\": ", "Enter a JSON object"),
                ("{\"gem-60\": {\"prices\": {\"CNY\": \"-1\"}}}", "products.gem-60.prices: Enter 1 to 32 different currencies"),
                ("{\"gem-60\": {\"prices\": {\"CNY\": \"1\"}, \"skus\": {\"google\": \"a\"}}, \"b\": {\"prices\": {\"CNY\": \"1\"}, \"skus\": {\"google\": \"a\"}}}", "products.b.skus.google: Another product has this name"),
            })
            {
                await SaveAsync(visit, json);
                await Expect(panel.GetByText(fault)).ToBeVisibleAsync();
            }
            await Axe.AssertFaultlessAsync(visit.Page);
            await SaveAsync(visit, """{"gem-60": {"name": "60 gems", "prices": {"CNY": "6.5", "USD": "0.99"}, "skus": {"google": "com.example.gem60"}}}""");
            await Expect(panel.GetByRole(AriaRole.Rowheader, new LocatorGetByRoleOptions { Name = "gem-60", Exact = true })).ToBeVisibleAsync();
            foreach (var text in new[] { "60 gems", "0.99 USD", "google: com.example.gem60" })
            {
                await Expect(panel.GetByText(text, new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            }
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.AssertFitsPhoneAsync();
            Assert.Equal("6.5", (await Service.GetAsync($"/apps/{game.GameId}/products")).GetProperty("products").GetProperty("gem-60").GetProperty("prices").GetProperty("CNY").GetString());
        });
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync("/apps/" + game.GameId);
            await Expect(Panel(visit).GetByText("60 gems", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await Expect(visit.Button("Edit catalogue")).ToHaveCountAsync(0);
        });
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/apps/" + game.GameId);
            await Expect(visit.Button("Edit catalogue")).ToBeVisibleAsync();
            await SaveAsync(visit, "");
            await Expect(Panel(visit).GetByText("This game has no catalogue.")).ToBeVisibleAsync();
        });
    }

    private static ILocator Panel(Visit visit) => visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Catalogue", Exact = true });

    private static async Task SaveAsync(Visit visit, string json)
    {
        var panel = Panel(visit);
        if (await visit.Button("Edit catalogue").IsVisibleAsync())
        {
            await visit.Button("Edit catalogue").ClickAsync();
        }
        await panel.GetByLabel("Catalogue as JSON", new LocatorGetByLabelOptions { Exact = true }).FillAsync(json);
        await panel.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
    }
}
