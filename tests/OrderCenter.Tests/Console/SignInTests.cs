using System.Net;
using Microsoft.Playwright;
using OrderCenter.Tests.Operators;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>Signing in, as a person meets it: what is wrong is said, nothing is said of which, and it leads back to where one was.</summary>
public sealed class SignInTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    private const string Wrong = "The user name, the password or the code is wrong.";

    [Fact]
    public async Task Five_wrong_passwords_lock_the_name_and_the_page_says_for_how_long()
    {
        using var person = await Person.NewAsync(Service, "viewer");
        await VisitAsync(role: null, async visit =>
        {
            await visit.GoAsync("/sign-in");
            for (var i = 0; i < 5; i++)
            {
                await visit.SignInAsync(person.Name, "a wrong password " + i);
                await Expect(visit.Page.GetByRole(AriaRole.Alert).GetByText(Wrong)).ToBeVisibleAsync();
            }
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Page.GetByRole(AriaRole.Alert).GetByText(new System.Text.RegularExpressions.Regex("Too many attempts\\. Try again in 1[45] min"))).ToBeVisibleAsync();
            Service.Pass(TimeSpan.FromMinutes(16));
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Heading("Work")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Empty_fields_are_named_and_nothing_is_sent()
    {
        await VisitAsync(role: null, async visit =>
        {
            await visit.GoAsync("/sign-in");
            await visit.Button("Sign in").ClickAsync();
            await Expect(visit.Page.GetByText("Please fill this in")).ToHaveCountAsync(2);
            await Expect(visit.Page.GetByRole(AriaRole.Alert).GetByText(Wrong)).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_second_factor_is_set_up_by_its_picture_or_key_and_asked_for_from_then_on()
    {
        using var person = await Person.NewAsync(Service, "finance");
        await VisitAsync(person, async visit =>
        {
            await visit.GoAsync("/profile");
            await visit.Page.Locator("form").Filter(new LocatorFilterOptions { HasText = "Set up a second factor" })
                .GetByLabel("Present password", new LocatorGetByLabelOptions { Exact = true }).FillAsync(Person.Password);
            await visit.Button("Set up a second factor").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Img, new PageGetByRoleOptions { Name = "QR code for the authenticator app" })).ToBeVisibleAsync();
            var totp = new Totp(Base32Encoding.ToBytes(await visit.Main.Locator("code").First.InnerTextAsync()));
            string Code() => totp.ComputeTotp(Service.Clock.GetUtcNow().UtcDateTime);

            await visit.Page.GetByLabel("Code", new PageGetByLabelOptions { Exact = true }).FillAsync(Code());
            await visit.Button("Turn on").ClickAsync();
            await Expect(visit.Page.GetByText("Signing in asks for a code of your authenticator app.")).ToBeVisibleAsync();
            await visit.Button("Sign out").ClickAsync();
            await Expect(visit.Heading("Sign in")).ToBeVisibleAsync();

            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Page.GetByRole(AriaRole.Alert).GetByText(Wrong)).ToBeVisibleAsync();
            Service.Pass(TimeSpan.FromSeconds(30));
            await visit.SignInAsync(person.Name, Person.Password, Code());
            await Expect(visit.Heading("Work")).ToBeVisibleAsync();

            await visit.GoAsync("/profile");
            Service.Pass(TimeSpan.FromSeconds(30));
            await visit.Page.GetByLabel("Code", new PageGetByLabelOptions { Exact = true }).FillAsync(Code());
            await visit.Button("Turn off").ClickAsync();
            await Expect(visit.Page.GetByText("Signing in asks for name and password only.")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task The_first_password_is_changed_before_anything_else_and_a_weak_one_is_refused_at_its_field()
    {
        var (name, first) = await Person.MakeAsync(Service, "viewer");
        await VisitAsync(role: null, async visit =>
        {
            async Task FillAsync(string next, string again)
            {
                foreach (var (field, value) in new[] { ("Present password", first), ("New password", next), ("New password again", again) })
                {
                    await visit.Page.GetByLabel(field, new PageGetByLabelOptions { Exact = true }).FillAsync(value);
                }
                await visit.Button("Change password").ClickAsync();
            }

            await visit.GoAsync("/sign-in");
            await visit.SignInAsync(name, first);
            await Expect(visit.Heading("Choose your own password")).ToBeVisibleAsync();
            await visit.GoAsync("/orders");
            await Expect(visit.Heading("Choose your own password")).ToBeVisibleAsync();
            await FillAsync(Person.Password, Person.Password + "2");
            await Expect(visit.Page.GetByText("The two new passwords differ")).ToBeVisibleAsync();
            await FillAsync("111122221111", "111122221111");
            await Expect(visit.Page.GetByText("Use at least 4 different characters.")).ToBeVisibleAsync();
            await FillAsync(first, first);
            await Expect(visit.Page.GetByText("Choose another password than before.")).ToBeVisibleAsync();
            await FillAsync(Person.Password, Person.Password);
            await Expect(visit.Heading("Orders")).ToBeVisibleAsync();
        });
        using var person = new Person(Service.Http.BaseAddress!) { Name = name };
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:injected('back')")]
    public async Task A_link_to_the_sign_in_leads_nowhere_else(string back)
    {
        var person = await Service.PersonAsync("viewer");
        await VisitAsync(role: null, async visit =>
        {
            await visit.GoAsync("/sign-in?back=" + Uri.EscapeDataString(back));
            await visit.SignInAsync(person.Name, Person.Password);
            await Expect(visit.Button("Sign out")).ToBeVisibleAsync();
            Assert.StartsWith(new Uri(Service.Http.BaseAddress!, "/console/").AbsoluteUri, visit.Page.Url, StringComparison.Ordinal);
        });
    }
}
