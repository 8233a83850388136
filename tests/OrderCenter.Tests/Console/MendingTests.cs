using Microsoft.Playwright;
using OrderCenter.OpenWork;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.ChangeFeed;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What waits for a person is worked off: extra payments, several callbacks at once; and how the shop goes is seen without asking.</summary>
public sealed class MendingTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task An_extra_payment_leads_from_the_work_to_its_order_and_is_settled_there()
    {
        var game = await Service.NewGameAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(game.GameId));
        foreach (var number in new[] { "first-", "second-" })
        {
            await Service.ActAsync(orderId, "paid", new { channel = "bank", transactionId = number + orderId, money = "6.5", currency = "CNY", reason = "as a test" });
        }
        Service.Pass(WorkCounts.KeptFor);
        await VisitAsync("finance", async visit =>
        {
            await visit.GoAsync("/");
            var work = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Game " + game.GameId, Exact = true });
            await work.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "1 Payments that paid nothing", Exact = true }).ClickAsync();
            await visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = orderId, Exact = true }).ClickAsync();
            var story = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "What happened", Exact = true });
            await Expect(story.GetByText("Somebody has to decide")).ToBeVisibleAsync();
            await visit.ActAsync("Settle payments", "given back by the bank");
            await Expect(story.GetByText("given back by the bank")).ToBeVisibleAsync();
            await Expect(story.GetByText("Somebody has to decide")).ToHaveCountAsync(0);
            await Expect(visit.Button("Settle payments")).ToHaveCountAsync(0);
            await visit.GoAsync("/orders?openPayments=true&gameId=" + game.GameId);
            await Expect(visit.Main.GetByText("Nothing matches these filters", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Callbacks_that_were_selected_are_sent_again_with_their_progress_shown()
    {
        await using var receiver = await ConsoleService.NewReceiverAsync();
        receiver.Faults.Always(OrderCenter.Simulator.Games.Fault.Http(503));
        var game = await Service.NewGameAsync(receiver.OrderApi);
        var orders = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            orders.Add((await Service.PaidAsync(game)).OrderId);
            await Service.CallbackAsync(orders[i], "exhausted");
        }
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync($"/callbacks?status=exhausted&gameId={game.GameId}");
            receiver.Faults.Clear();
            foreach (var orderId in orders[..2])
            {
                var id = (await Service.OrderAsync(orderId)).GetProperty("callbacks")[0].GetProperty("id").GetString();
                await visit.Main.GetByRole(AriaRole.Checkbox, new LocatorGetByRoleOptions { Name = "Select " + id, Exact = true }).CheckAsync();
            }
            await visit.Button("Redeliver 2 selected").ClickAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.Dialog("Redeliver the selected").GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync("the server is back");
            await visit.ConfirmAsync("Redeliver the selected");
            await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("2 of 2 callbacks queued")).ToBeVisibleAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.AssertFitsPhoneAsync();
        });
        foreach (var orderId in orders[..2])
        {
            await Service.CallbackAsync(orderId, "delivered");
        }
        Assert.Equal("exhausted", (await Service.OrderAsync(orders[2])).GetProperty("callbacks")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_redelivery_in_bulk_is_in_the_address_and_is_stopped()
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync("/callbacks?gameId=" + sample.GameId);
            await visit.Button("Redeliver many").ClickAsync();
            await visit.Dialog("Redeliver many").GetByLabel("Created since", new LocatorGetByLabelOptions { Exact = true }).FillAsync("2099-01-01T00:00:01");
            await visit.ConfirmAsync("Redeliver many");
            await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("0 callbacks queued so far")).ToBeVisibleAsync();
            Assert.Contains("job=", visit.Page.Url, StringComparison.Ordinal);
            await visit.Page.ReloadAsync();
            await visit.Button("Stop").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("Cancelled: 0 callbacks queued")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task An_app_says_when_a_store_notified_last_and_has_the_store_tested()
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/apps/" + sample.GameId);
            var stores = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Addresses for the stores", Exact = true });
            await Expect(stores.GetByText("The last notification came")).ToHaveCountAsync(1);
            await Expect(stores.GetByText("No notification has come yet.")).ToHaveCountAsync(1);
            await stores.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Test Alipay", Exact = true }).ClickAsync();
            await Expect(stores.GetByText("Alipay accepts these settings.")).ToBeVisibleAsync();
            await stores.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Test Google Play", Exact = true }).ClickAsync();
            await Expect(stores.GetByText("With these settings Google Play is never asked")).ToBeVisibleAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
        });
    }

    [Fact]
    public async Task The_first_page_tells_what_was_paid_today_and_how_callbacks_go()
    {
        await Service.PaidAsync(await Service.NewGameAsync());
        await Service.NumberAsync();
        await VisitAsync("viewer", async visit =>
        {
            // Other tests have moved the service's clock.
            await visit.Page.Clock.SetFixedTimeAsync(Service.Clock.GetUtcNow().UtcDateTime);
            await visit.GoAsync("/");
            var today = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Today", Exact = true });
            await Expect(today.GetByRole(AriaRole.Rowheader, new LocatorGetByRoleOptions { Name = "CNY", Exact = true })).ToBeVisibleAsync();
            await Expect(today.GetByText("Callbacks that were taken")).ToBeVisibleAsync();
            await Expect(today.GetByRole(AriaRole.Img)).ToHaveCountAsync(1);
        });
    }
}
