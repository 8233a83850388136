using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What everybody does in the console. test.sh runs these against the native binary too.</summary>
public sealed class FirstStepsTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task Somebody_signs_in_finds_an_order_closes_it_and_signs_out()
    {
        var (name, first) = await Person.MakeAsync(Service, "support");
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId, "find-" + name));
        await VisitAsync(role: null, async visit =>
        {
            // 1. The first password opens nothing but the choice of another one.
            await visit.GoAsync("/orders/" + orderId);
            await visit.SignInAsync(name, first);
            await Expect(visit.Heading("Choose your own password")).ToBeVisibleAsync();
            foreach (var (field, value) in new[] { ("Present password", first), ("New password", Person.Password), ("New password again", Person.Password) })
            {
                await visit.Page.GetByLabel(field, new PageGetByLabelOptions { Exact = true }).FillAsync(value);
            }
            await visit.Button("Change password").ClickAsync();

            // 2. Then the page that was asked for is shown, and any order is found by a number of it.
            await Expect(visit.Heading("Order " + orderId)).ToBeVisibleAsync();
            await visit.SearchAsync(sample.MerchantOrderId);
            await Expect(visit.Heading("Order " + sample.OrderId)).ToBeVisibleAsync();
            await visit.SearchAsync("find-" + name);
            await Expect(visit.Heading("Order " + orderId)).ToBeVisibleAsync();

            // 3. An act is done with its reason, and shown.
            await visit.ActAsync("Close", "the player gave up");
            await Expect(visit.Page.GetByText("Closed without a payment.")).ToBeVisibleAsync();
            await Expect(visit.Main.GetByText("the player gave up").First).ToBeVisibleAsync();
            Assert.Equal(("unpaid", "closed"), Native.StateOf(await Service.OrderAsync(orderId)));

            // 4. Nobody is signed in after that.
            await visit.Button("Sign out").ClickAsync();
            await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
            await visit.GoAsync("/orders/" + orderId);
            await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
        });
    }
}
