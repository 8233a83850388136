using Microsoft.Playwright;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>"The player paid, where are the goods?": whatever number somebody has in hand leads to the order.</summary>
public sealed class FindingTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task Every_number_of_an_order_leads_to_it()
    {
        var sample = await Service.SampleAsync();
        var game = await Service.NewGameAsync();
        var appleOrder = await Service.CreateAsync(Native.NewOrder(game.GameId));
        var transaction = new AppleTransaction { BundleId = OrderCenter.Tests.Support.Service.AppleBundle, ProductId = "gems.60" };
        Assert.Equal(0, (await game.ValidateAsync(appleOrder, Service.Apple.Purchase(transaction), TestContext.Current.CancellationToken)).ResultCode);
        await VisitAsync("viewer", async visit =>
        {
            foreach (var (number, orderId) in new[]
            {
                (sample.OrderId, sample.OrderId), (sample.MerchantOrderId, sample.OrderId), (sample.TransactionId, sample.OrderId), (sample.StoreOrderId, sample.OrderId),
                ("refused-" + sample.GameId, sample.OrderId), (transaction.TransactionId, appleOrder), ($"  {sample.MerchantOrderId} ", sample.OrderId),
            })
            {
                await visit.GoAsync("/orders");
                await visit.SearchAsync(number);
                await Expect(visit.Heading("Order " + orderId)).ToBeVisibleAsync();
                await Expect(visit.Page).ToHaveURLAsync(new Uri(Service.Http.BaseAddress!, "/console/orders/" + orderId).AbsoluteUri);
            }
        });
    }

    [Fact]
    public async Task A_player_leads_to_his_orders_and_what_nobody_knows_to_nothing()
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync("/orders");
            await visit.SearchAsync(ConsoleService.Player);
            await Expect(visit.Heading("Player " + ConsoleService.Player)).ToBeVisibleAsync();
            await visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = sample.OrderId, Exact = true }).First.ClickAsync();
            await Expect(visit.Heading("Order " + sample.OrderId)).ToBeVisibleAsync();
            await visit.SearchAsync("nobody-has-this");
            await Expect(visit.Heading("Results for “nobody-has-this”")).ToBeVisibleAsync();
            await visit.SettleAsync();
            await Expect(visit.Main.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_key_leads_to_the_box_and_the_keyboard_alone_to_the_order()
    {
        var sample = await Service.SampleAsync();
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync("/orders");
            await visit.Page.Keyboard.PressAsync("/");
            await Expect(visit.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Order, transaction or player", Exact = true })).ToBeFocusedAsync();
            await visit.Page.Keyboard.TypeAsync(sample.StoreOrderId);
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Heading("Order " + sample.OrderId)).ToBeVisibleAsync();

            // Who reads with a screen reader begins at the new page.
            await Expect(visit.Main).ToBeFocusedAsync();
        });
    }

    [Fact]
    public async Task Filters_are_in_the_address_and_a_page_of_a_list_leads_to_the_next_and_back()
    {
        var game = await Service.NewGameAsync();
        for (var i = 0; i < 60; i++)
        {
            await Service.CreateAsync(Native.NewOrder(game.GameId, $"{game.GameId}-{i}"));
            Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        await VisitAsync("viewer", async visit =>
        {
            ILocator Number(int i) => visit.Main.GetByText($"{game.GameId}-{i}", new LocatorGetByTextOptions { Exact = true });

            await visit.GoAsync("/orders");
            var box = visit.Main.GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = "Game", Exact = true });
            await box.FillAsync(game.GameId);
            await box.PressAsync("Escape");
            await visit.Button("Search").ClickAsync();
            await Expect(Number(59)).ToBeVisibleAsync();
            Assert.Contains("gameId=" + game.GameId, visit.Page.Url, StringComparison.Ordinal);
            await visit.Button("Next page").ClickAsync();
            await Expect(Number(0)).ToBeVisibleAsync();
            await Expect(Number(59)).ToHaveCountAsync(0);
            await visit.Page.ReloadAsync();
            await Expect(Number(0)).ToBeVisibleAsync();
            await visit.Button("Previous page").ClickAsync();
            await Expect(Number(59)).ToBeVisibleAsync();
            await visit.Page.GoBackAsync();
            await Expect(Number(0)).ToBeVisibleAsync();
        });
    }
}
