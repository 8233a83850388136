using System.Net;
using Microsoft.Playwright;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>What stays when a session ends: after a sign-out nothing, after an expiry what one was typing.</summary>
public sealed class LeavingTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    private const string Typed = "typed before the session ended";

    /// <summary>More than a session may be unused.</summary>
    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(61);

    [Fact]
    public async Task After_a_sign_out_nothing_is_left_behind_the_back_button_nor_in_any_store_of_the_browser()
    {
        var sample = await Service.SampleAsync();
        using var person = await Person.NewAsync(Service, "support");
        await VisitAsync(person, async visit =>
        {
            async Task AssertNothingShownAsync()
            {
                await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
                var document = await visit.Page.EvaluateAsync<string>("document.body.innerHTML");
                Assert.All(new[] { sample.MerchantOrderId, sample.TransactionId, ConsoleService.Player }, text => Assert.DoesNotContain(text, document, StringComparison.Ordinal));
            }

            await visit.GoAsync("/orders?gameId=" + sample.GameId);
            await visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = sample.OrderId, Exact = true }).ClickAsync();
            await Expect(visit.Heading("Order " + sample.OrderId)).ToBeVisibleAsync();
            await Expect(visit.Main).ToContainTextAsync(sample.TransactionId);
            await visit.Button("Sign out").ClickAsync();
            await AssertNothingShownAsync();
            await visit.Page.GoBackAsync();
            await AssertNothingShownAsync();
            await visit.Page.GoForwardAsync();
            await AssertNothingShownAsync();

            Assert.Equal(["ordercenter.language"], await visit.Page.EvaluateAsync<string[]>("Object.keys(localStorage).concat(Object.keys(sessionStorage))"));
            Assert.Equal(0, await visit.Page.EvaluateAsync<int>("caches.keys().then(keys => keys.length)"));
            var isKept = await visit.Page.EvaluateAsync<bool>(
                "address => fetch(address, { cache: 'only-if-cached', mode: 'same-origin' }).then(answer => answer.ok, () => false)", $"/api/v1/orders/{sample.OrderId}");
            Assert.False(isKept, "the order is in the browser's cache");
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
    }

    /// <summary>Browsers that drive tests keep no pages as they were for the back button: it is told as such a page is told.</summary>
    [Fact]
    public async Task A_page_that_comes_back_as_it_was_is_loaded_anew()
    {
        var sample = await Service.SampleAsync();
        using var person = await Person.NewAsync(Service, "support");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + sample.OrderId);
            Assert.Equal(HttpStatusCode.NoContent, (await person.CallAsync(HttpMethod.Delete, "/session")).Status);
            await visit.Page.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
            await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
            await Expect(visit.Page.GetByText(sample.TransactionId)).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_sign_out_in_one_tab_is_one_in_all()
    {
        var sample = await Service.SampleAsync();
        using var person = await Person.NewAsync(Service, "support");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + sample.OrderId);
            var other = await visit.NewTabAsync();
            await other.GotoAsync("/console/profile");
            await other.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out", Exact = true }).ClickAsync();
            await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();
            await Expect(visit.Page.GetByText(sample.TransactionId)).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_session_that_expired_is_renewed_over_the_page_and_what_was_typed_is_still_there()
    {
        var sample = await Service.SampleAsync();
        var orderId = await Service.CreateAsync(Native.NewOrder(sample.GameId));
        using var person = await Person.NewAsync(Service, "support");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + orderId);
            await visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Close", Exact = true }).ClickAsync();
            var reason = visit.Dialog("Close").GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true });
            await reason.FillAsync(Typed);
            Service.Pass(Unused);
            await visit.ConfirmAsync("Close");
            await Expect(visit.Dialog("Sign in")).ToBeVisibleAsync();
            await Expect(visit.Dialog("Sign in").GetByText("Your session has ended. Sign in, and the page is as you left it.")).ToBeVisibleAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.SignInAsync(person.Name, "a wrong password");
            await Expect(visit.Page.GetByText("The user name, the password or the code is wrong.")).ToBeVisibleAsync();
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Dialog("Sign in")).ToHaveCountAsync(0);
            await Expect(visit.Page).ToHaveURLAsync(new Uri(Service.Http.BaseAddress!, "/console/orders/" + orderId).AbsoluteUri);
            await Expect(reason).ToHaveValueAsync(Typed);
            await visit.ConfirmAsync("Close");
            await Expect(visit.Main.GetByText(Typed).First).ToBeVisibleAsync();
        });
        Assert.Equal("closed", (await Service.OrderAsync(orderId)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Filters_that_were_typed_and_not_yet_applied_outlive_an_expired_session()
    {
        using var person = await Person.NewAsync(Service, "viewer");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders?payState=paid");
            await visit.Main.GetByLabel("Transaction", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Typed);
            Service.Pass(Unused);
            await visit.Button("Refresh").ClickAsync();
            await Expect(visit.Dialog("Sign in")).ToBeVisibleAsync();
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Dialog("Sign in")).ToHaveCountAsync(0);
            await Expect(visit.Main.GetByLabel("Transaction", new LocatorGetByLabelOptions { Exact = true })).ToHaveValueAsync(Typed);
            await Expect(visit.Page.GetByText("The session has ended. Sign in again.")).ToHaveCountAsync(0);
            Assert.Contains("payState=paid", visit.Page.Url, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Who_signs_in_over_the_page_of_somebody_else_sees_nothing_of_his()
    {
        var sample = await Service.SampleAsync();
        using var person = await Person.NewAsync(Service, "support");
        using var other = await Person.NewAsync(Service, "viewer", OrderCenter.Tests.Support.Service.NewGameId());
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/orders/" + sample.OrderId);
            await Expect(visit.Main).ToContainTextAsync(sample.TransactionId);
            Service.Pass(Unused);
            await visit.Button("Redeliver").ClickAsync();
            await visit.Dialog("Redeliver").GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Typed);
            await visit.ConfirmAsync("Redeliver");
            await Expect(visit.Dialog("Sign in")).ToBeVisibleAsync();
            await visit.SignInAsync(other.Name, Person.Password);
            await Expect(visit.Dialog("Sign in")).ToHaveCountAsync(0);
            await Expect(visit.Page.GetByText("There is nothing at this address, or it is not among your games.")).ToBeVisibleAsync();
            var document = await visit.Page.EvaluateAsync<string>("document.body.innerHTML");
            Assert.DoesNotContain(sample.TransactionId, document, StringComparison.Ordinal);
            Assert.DoesNotContain(Typed, document, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_link_that_is_opened_after_the_session_expired_is_shown_after_the_sign_in()
    {
        var sample = await Service.SampleAsync();
        using var person = await Person.NewAsync(Service, "viewer");
        await VisitAsync(person, async visit =>
        {
            Service.Pass(Unused);
            var address = $"/orders?gameId={sample.GameId}&payState=paid&userId={ConsoleService.Player}";
            await visit.GoAsync(address);
            await Expect(visit.Page.GetByText("Sign in to continue where you were.")).ToBeVisibleAsync();
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Page).ToHaveURLAsync(new Uri(Service.Http.BaseAddress!, "/console" + address).AbsoluteUri);
            await Expect(visit.Main.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = sample.OrderId, Exact = true })).ToBeVisibleAsync();
        });
    }
}
