using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OrderCenter.OpenWork;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What a store asks before it refunds a player is answered in the console.</summary>
public sealed class RefundAnswerTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service), IAsyncLifetime
{
    private GooglePlayServer _google = null!;

    public async ValueTask InitializeAsync() => _google = await GooglePlayServer.StartAsync(Service.Clock, Support.Service.GooglePackage);

    public ValueTask DisposeAsync() => _google.DisposeAsync();

    [Fact]
    public async Task A_question_is_answered_from_the_work_with_what_was_used()
    {
        var (gameId, orderId, bought) = await AskedAsync();
        await VisitAsync("finance", async visit =>
        {
            await visit.Page.Clock.SetFixedTimeAsync(Service.Clock.GetUtcNow().UtcDateTime);
            await visit.GoAsync("/");
            var work = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Game " + gameId, Exact = true });
            await Expect(work.GetByRole(AriaRole.Timer)).ToContainTextAsync("in 23 h 59 min");
            await work.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Answer", Exact = true }).ClickAsync();
            var title = "Answer about order " + orderId;
            await FillAsync(visit, title, "Decline", "100.5");
            await visit.ConfirmAsync(title);
            await Expect(visit.Dialog(title).GetByText("Enter 0 to 100, with up to 3 decimals.")).ToBeVisibleAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.AssertFitsPhoneAsync();
            await visit.Dialog(title).GetByLabel("Used by the player, in percent", new LocatorGetByLabelOptions { Exact = true }).FillAsync("45.2");
            await visit.ConfirmAsync(title);
            await Expect(visit.Page.GetByText("The store has the answer.")).ToBeVisibleAsync();
            await Expect(visit.Dialog(title)).ToHaveCountAsync(0);
            await Expect(work.GetByRole(AriaRole.Timer)).ToHaveCountAsync(0);
            Service.Pass(WorkCounts.KeptFor);
            await visit.GoAsync("/orders/" + orderId);
            await Expect(visit.Main.GetByText("answered the store about a refund: Decline")).ToBeVisibleAsync();
            await Expect(visit.Main.GetByText("The store asks whether it should refund the player.")).ToHaveCountAsync(0);
        });
        Assert.Contains("\"refundPreference\":\"DECLINE\",\"consumptionPercentageMilliunits\":45200", _google.RefundReviews[bought.OrderId!], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_shows_the_question_and_what_support_told_of_its_use_goes_with_the_answer()
    {
        var (_, orderId, bought) = await AskedAsync();
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await Expect(visit.Main.GetByText("The store asks whether it should refund the player.")).ToBeVisibleAsync();
            await Expect(visit.Button("Answer")).ToHaveCountAsync(0);
            await visit.Button("Consumption").ClickAsync();
            var dialog = visit.Dialog("Consumption");
            await dialog.GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync("told by the game");
            await visit.ConfirmAsync("Consumption");
            await Expect(dialog.GetByText("Enter 0 to 100, with up to 3 decimals.")).ToBeVisibleAsync();
            await dialog.GetByLabel("Used by the player, in percent", new LocatorGetByLabelOptions { Exact = true }).FillAsync("12.345");
            await visit.ConfirmAsync("Consumption");
            await Expect(visit.Page.GetByText("The consumption is kept.")).ToBeVisibleAsync();
        });
        await VisitAsync("finance", async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.Button("Answer").ClickAsync();
            var title = "Answer about order " + orderId;
            await FillAsync(visit, title, "No opinion", "");

            // Meanwhile somebody else answers: the store takes one answer.
            await Service.ActAsync(orderId, "refund-answer", new { preference = "approve", reason = "as a test" });
            await visit.ConfirmAsync(title);
            await Expect(visit.Dialog(title).GetByText("No store waits for an answer about this order any more.")).ToBeVisibleAsync();
        });
        Assert.Contains("\"refundPreference\":\"APPROVE\",\"consumptionPercentageMilliunits\":12345", _google.RefundReviews[bought.OrderId!], StringComparison.Ordinal);
    }

    private static async Task FillAsync(Visit visit, string title, string preference, string share)
    {
        var dialog = visit.Dialog(title);
        await dialog.GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = "What the store should do", Exact = true }).PressAsync("ArrowDown");
        await visit.Page.Locator(".ant-select-item-option").GetByText(preference, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await dialog.GetByLabel("Used by the player, in percent", new LocatorGetByLabelOptions { Exact = true }).FillAsync(share);
        await dialog.GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync("as the game says");
    }

    /// <summary>Google asks about a purchase that has paid an order, and no setting answers.</summary>
    private async Task<(string GameId, string OrderId, GooglePurchase Bought)> AskedAsync()
    {
        var game = await Service.NewGameAsync(new { channels = new { google = JsonNode.Parse(_google.Settings()) } }, ConsoleService.Secret);
        var bought = _google.Sell(new GooglePurchase { PackageName = Support.Service.GooglePackage, ProductId = "gems.60" });
        var orderId = await Service.CreateAsync(Native.NewOrder(game.GameId));
        await Service.ActAsync(orderId, "paid", new { channel = "google", transactionId = bought.OrderId, money = "6.5", currency = "CNY", reason = "as a test" });
        Assert.Equal(200, await _google.PushAsync(Service.Http, new Uri(Service.Http.BaseAddress!, $"/notify/google/{game.GameId}"), _google.RefundReviewNotice(bought)));
        await ConsoleService.UntilAsync(async () =>
            (await Service.GetAsync($"/notifications?state=ignored&gameId={game.GameId}")).GetProperty("items").GetArrayLength() == 1);
        Service.Pass(WorkCounts.KeptFor);
        return (game.GameId, orderId, bought);
    }
}
