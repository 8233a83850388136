using System.Net;
using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What each role may press on an order, what the server refuses whatever is pressed, and what the acts do.</summary>
public sealed class OrderActsTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    /// <summary>The names of contract.md, "The console".</summary>
    private static readonly string[] s_buttons = ["Redeliver", "Recheck", "Release", "Close", "Refund", "Mark as paid"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("viewer", "", "", "")]
    [InlineData("support", "Recheck Close", "Redeliver", "Recheck Release Close")]
    [InlineData("finance", "Recheck Close Mark-as-paid", "Redeliver Refund", "Recheck Release Close Mark-as-paid")]
    [InlineData("admin", "Recheck Close Mark-as-paid", "Redeliver Refund", "Recheck Release Close Mark-as-paid")]
    public async Task A_role_sees_the_buttons_that_it_may_press_and_that_the_state_allows(string role, string unpaid, string failed, string held)
    {
        var sample = await Service.SampleAsync();
        var waiting = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        var review = await HeldAsync(sample.GameId);
        await VisitAsync(role, async visit =>
        {
            foreach (var (orderId, expected) in new[] { (waiting, unpaid), (sample.OrderId, failed), (review, held) })
            {
                await visit.GoAsync("/orders/" + orderId);
                await Expect(visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Facts", Exact = true })).ToBeVisibleAsync();
                var shown = new List<string>();
                foreach (var name in s_buttons)
                {
                    if (await visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true }).CountAsync() > 0)
                    {
                        shown.Add(name.Replace(' ', '-'));
                    }
                }
                Assert.Equal(expected, string.Join(' ', shown));
            }
        });
    }

    [Theory]
    [InlineData("viewer", new[] { "close", "release", "recheck", "paid", "refund" }, true)]
    [InlineData("support", new[] { "paid", "refund" }, false)]
    public async Task What_has_no_button_is_refused_by_the_server_too(string role, string[] acts, bool isReadingOnly)
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        await VisitAsync(role, async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            var callback = (await Service.OrderAsync(sample.OrderId)).GetProperty("callbacks")[0].GetProperty("id").GetString();
            string[] addresses = [.. acts.Select(act => $"/api/v1/orders/{orderId}/{act}"), .. isReadingOnly ? [$"/api/v1/callbacks/{callback}/redeliver", $"/api/v1/notifications/{sample.NotificationId}/replay"] : Array.Empty<string>(), "/api/v1/operators", "/api/v1/tokens"];
            var statuses = await visit.Page.EvaluateAsync<int[]>(
                """
                async addresses => {
                  const { csrfToken } = await (await fetch('/api/v1/session')).json();
                  const statuses = [];
                  for (const address of addresses) {
                    const body = JSON.stringify({ reason: 'r', channel: 'bank', transactionId: 't', name: 'n', role: 'viewer' });
                    statuses.push((await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken }, body })).status);
                  }
                  return statuses;
                }
                """,
                addresses);
            Assert.Equal(addresses.Select(_ => (int)HttpStatusCode.Forbidden), statuses);
        });
        Assert.Equal(("unpaid", "created"), Native.StateOf(await Service.OrderAsync(orderId)));
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("finance")]
    public async Task Pages_of_admins_are_in_nobody_elses_navigation_and_show_the_refusal_to_him(string role)
    {
        await VisitAsync(role, async visit =>
        {
            await visit.GoAsync("/operators");
            await Expect(visit.Page.GetByRole(AriaRole.Alert).GetByText("This is not allowed.").First).ToBeVisibleAsync();
            var navigation = visit.Page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Pages", Exact = true });
            await Expect(navigation.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Audit log", Exact = true })).ToBeVisibleAsync();
            await Expect(navigation.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Operators", Exact = true })).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_callback_that_is_exhausted_is_sent_again_to_a_receiver_that_came_back()
    {
        await using var receiver = await ConsoleService.NewReceiverAsync();
        receiver.Faults.Always(OrderCenter.Simulator.Games.Fault.Http(500));
        var game = await Service.NewGameAsync(receiver.OrderApi);
        var (orderId, _) = await Service.PaidAsync(game);
        await Service.CallbackAsync(orderId, "exhausted");
        await VisitAsync("support", async visit =>
        {
            var story = visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "What happened", Exact = true });
            await visit.GoAsync("/orders/" + orderId);
            await Expect(story.GetByText("Callback “paid”: all attempts failed")).ToBeVisibleAsync();
            await Expect(story.GetByText("HTTP 500 ·")).ToBeVisibleAsync();
            receiver.Faults.Clear();
            await visit.ActAsync("Redeliver", "the game's server is back");
            await GrantedAsync(receiver, 1);
            await Expect(story.GetByText("HTTP 204 ·")).ToBeVisibleAsync();
            await Expect(story.GetByText("Callback “paid”: all attempts failed")).ToHaveCountAsync(0);

            // The same from the list of callbacks, which shows what is to be done and what was done.
            await visit.GoAsync($"/callbacks?gameId={game.GameId}&status=delivered");
            await Expect(visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = orderId, Exact = true })).ToBeVisibleAsync();
        });
        Assert.Equal(1, receiver.Ledger.Grants);
    }

    [Fact]
    public async Task Callbacks_are_sent_again_from_their_list_one_by_one_and_many_at_once()
    {
        await using var receiver = await ConsoleService.NewReceiverAsync();
        receiver.Faults.Always(OrderCenter.Simulator.Games.Fault.Http(503));
        var game = await Service.NewGameAsync(receiver.OrderApi);
        string[] orders = [(await Service.PaidAsync(game)).OrderId, (await Service.PaidAsync(game)).OrderId, (await Service.PaidAsync(game)).OrderId];
        foreach (var orderId in orders)
        {
            await Service.CallbackAsync(orderId, "exhausted");
        }
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync($"/callbacks?status=exhausted&gameId={game.GameId}");
            receiver.Faults.Clear();
            var row = visit.Main.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { Has = visit.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = orders[0], Exact = true }) });
            await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Redeliver", Exact = true }).ClickAsync();
            await visit.Dialog("Redeliver").GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync("one by hand");
            await visit.ConfirmAsync("Redeliver");
            await GrantedAsync(receiver, 1);

            await visit.Button("Redeliver many").ClickAsync();
            await visit.ConfirmAsync("Redeliver many");
            await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("callbacks queued")).ToBeVisibleAsync();

            // The server looks for such work every few seconds.
            Service.Pass(TimeSpan.FromSeconds(10));
            await GrantedAsync(receiver, 3);
            await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("Done: 2 callbacks queued")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task An_act_needs_a_reason_and_nothing_happens_before_it_is_confirmed()
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        await VisitAsync("finance", async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.Button("Mark as paid").ClickAsync();
            await visit.ConfirmAsync("Mark as paid");
            await Expect(visit.Dialog("Mark as paid").GetByText("Please fill this in")).ToHaveCountAsync(3);
            await visit.Dialog("Mark as paid").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel", Exact = true }).ClickAsync();
            await Expect(visit.Dialog("Mark as paid")).ToHaveCountAsync(0);
            Assert.Equal(("unpaid", "created"), Native.StateOf(await Service.OrderAsync(orderId)));

            // Escape leaves it too.
            await visit.Button("Close").ClickAsync();
            await visit.Page.Keyboard.PressAsync("Escape");
            await Expect(visit.Dialog("Close")).ToHaveCountAsync(0);
        });
        Assert.Equal(("unpaid", "created"), Native.StateOf(await Service.OrderAsync(orderId)));
    }

    [Fact]
    public async Task An_order_is_marked_as_paid_refunded_and_released_and_the_audit_log_says_by_whom_and_why()
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        var held = await HeldAsync(sample.GameId);
        using var person = await Person.NewAsync(Service, "finance");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.Button("Mark as paid").ClickAsync();
            var dialog = visit.Dialog("Mark as paid");
            foreach (var (field, value) in new[] { ("Channel", "bank"), ("Transaction number", "bank-" + orderId), ("Reason", "seen on the statement") })
            {
                await dialog.GetByLabel(field, new LocatorGetByLabelOptions { Exact = true }).FillAsync(value);
            }
            await Expect(dialog.GetByLabel("Amount", new LocatorGetByLabelOptions { Exact = true })).ToHaveValueAsync("6.5");
            await visit.ConfirmAsync("Mark as paid");
            await Expect(dialog).ToHaveCountAsync(0);
            await Expect(visit.Main.GetByText("Paid through bank")).ToBeVisibleAsync();
            await visit.ActAsync("Refund", "the player asked");
            await Expect(visit.Main.GetByText("Refunded before the goods were delivered.")).ToBeVisibleAsync();
            Assert.Equal("refunded", (await Service.OrderAsync(orderId)).GetProperty("payState").GetString());

            await visit.GoAsync("/orders/" + held);
            await visit.ActAsync("Release", "compared by hand");
            await Expect(visit.Main.GetByText("Waiting for a payment. Nobody has proved one yet.")).ToBeVisibleAsync();

            await visit.GoAsync("/audit?actor=" + person.Name);
            foreach (var text in new[] { "seen on the statement", "the player asked", "compared by hand" })
            {
                await Expect(visit.Main.GetByText(text, new LocatorGetByTextOptions { Exact = true }).First).ToBeVisibleAsync();
            }
        });
    }

    [Fact]
    public async Task An_act_that_the_state_no_longer_allows_says_so_and_the_page_shows_the_state_as_it_is()
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        await VisitAsync("support", async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.Button("Close").ClickAsync();
            await Service.ActAsync(orderId, "paid", new { channel = "bank", transactionId = "meanwhile-" + orderId, reason = "as a test" });
            await visit.Dialog("Close").GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync("too late");
            await visit.ConfirmAsync("Close");
            await Expect(visit.Dialog("Close").GetByText("The order was paid. Refund it instead.")).ToBeVisibleAsync();
            await visit.Dialog("Close").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel", Exact = true }).ClickAsync();
            await Expect(visit.Main.GetByText("Paid through bank")).ToBeVisibleAsync();
        });
    }

    private static async Task GrantedAsync(OrderCenter.Simulator.Games.GameServer receiver, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        await receiver.Ledger.WaitAsync(ledger => ledger.Grants == count, patience.Token);
    }

    private async Task<string> HeldAsync(string gameId)
    {
        var orderId = await Service.CreateAsync(Native.NewOrder(gameId));
        var (status, order) = await Service.ActAsync(orderId, "paid", new { channel = "bank", transactionId = "held-" + orderId, money = "1", reason = "as a test" });
        Assert.True(status == HttpStatusCode.Conflict, order.ToString());
        return orderId;
    }
}
