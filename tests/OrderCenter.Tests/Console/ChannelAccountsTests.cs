using System.Text.Json;
using Microsoft.Playwright;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>The accounts of a channel are set on the page of their game.</summary>
public sealed class ChannelAccountsTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task An_account_is_added_changed_and_removed_and_secrets_that_are_not_written_again_stay()
    {
        await using var alipay = await Alipay.StartAsync(Service.Clock, TestContext.Current.CancellationToken);
        var secret = (string)alipay.Settings()["privateKey"];
        var game = await Service.NewGameAsync(new { channels = new { alipay = alipay.Settings() } });
        await VisitAsync("admin", async visit =>
        {
            // 1. One account becomes two. Its secrets are not shown, so they are written again.
            await visit.GoAsync("/apps/" + game.GameId);
            await visit.Main.GetByRole(AriaRole.Checkbox, new LocatorGetByRoleOptions { Name = "Several accounts of this channel", Exact = true }).CheckAsync();
            await Expect(visit.Main.GetByText("Enter the secrets again")).ToBeVisibleAsync();
            await visit.Button("Add an account").ClickAsync();
            await Field(visit, "New account", "name", "Name of the account").FillAsync("ma in");
            await Expect(visit.Main.GetByText("Enter 1 to 32 letters, digits, - and _")).ToBeVisibleAsync();
            await Field(visit, "ma in", "name", "Name of the account").FillAsync("page");
            foreach (var (account, appId) in new[] { ("main", alipay.AppId), ("page", "2021999999999999") })
            {
                await Field(visit, account, "appId").FillAsync(appId);
                await Field(visit, account, "privateKey").FillAsync(secret);
                await Field(visit, account, "alipayPublicKey").FillAsync(alipay.PublicKey);
            }
            await Axe.AssertFaultlessAsync(visit.Page);
            await SaveAsync(visit, game.GameId, secret);
            Assert.Equal(["main", "page"], (await AccountsAsync(game.GameId)).EnumerateObject().Select(account => account.Name));

            // 2. What is not written again stays, and the other account too.
            await Expect(Field(visit, "page", "privateKey")).ToHaveAttributeAsync("placeholder", "Not shown. Leave it empty to keep what is stored.");
            await Field(visit, "page", "sellerId").FillAsync("2088000000000001");
            await SaveAsync(visit, game.GameId, secret);
            Assert.Equal("2088000000000001", (await AccountsAsync(game.GameId)).GetProperty("page").GetProperty("sellerId").GetString());

            // 3. An account goes.
            await visit.Button("Remove account main").ClickAsync();
            await SaveAsync(visit, game.GameId, secret);
            Assert.Equal(["page"], (await AccountsAsync(game.GameId)).EnumerateObject().Select(account => account.Name));
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.AssertFitsPhoneAsync();
        });
    }

    private async Task<JsonElement> AccountsAsync(string gameId) =>
        (await Service.GetAsync("/apps/" + gameId)).GetProperty("channels").GetProperty("alipay").GetProperty("accounts");

    /// <summary>A field of an account, by the setting's name in the document.</summary>
    private static ILocator Field(Visit visit, string account, string setting, string? label = null)
    {
        var group = visit.Main.GetByRole(AriaRole.Group, new LocatorGetByRoleOptions { Name = account, Exact = true });
        return label is null ? group.Locator($"[id$='_settings_{setting}']") : group.GetByLabel(label);
    }

    private static async Task SaveAsync(Visit visit, string gameId, string secret)
    {
        await visit.Main.Locator(".form-end").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await Expect(visit.Dialog("Save")).Not.ToContainTextAsync(secret);
        await visit.ConfirmAsync("Save");
        await Expect(visit.Dialog("Save")).ToHaveCountAsync(0);
        await visit.GoAsync("/apps/" + gameId);
    }
}
