using System.Globalization;
using Microsoft.Playwright;
using OrderCenter.Tests.Alerts;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>The page of alerts: what is wrong, who looks after it, who is told of it, and from which values on.</summary>
public sealed class AlertsTests(Browser browser, ConsoleService service) : ConsoleTests(browser, service)
{
    [Fact]
    public async Task Support_takes_an_alert_with_a_reason_and_a_viewer_only_reads()
    {
        var sample = await Service.SampleAsync();
        var address = $"/alerts?state=open&condition=callbacks.exhausted&gameId={sample.GameId}";
        await VisitAsync("viewer", async visit =>
        {
            await visit.GoAsync(address);
            await Expect(List(visit).GetByText("Callbacks have used up all their attempts")).ToBeVisibleAsync();
            await List(visit).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Show details" }).First.ClickAsync();
            await Expect(List(visit).GetByText("docs/runbooks/OrderCenterCallbacksExhausted.md")).ToBeVisibleAsync();
            await Expect(visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Acknowledge" })).ToHaveCountAsync(0);
            await Expect(visit.Heading("Where alerts go")).ToHaveCountAsync(0);
        });
        var person = await Service.PersonAsync("support");
        await VisitAsync(person, async visit =>
        {
            // What waits for a person leads to it.
            await visit.GoAsync("/");
            await Expect(visit.Main.Locator($"a[href$='/alerts?state=open&gameId={sample.GameId}']").First).ToBeVisibleAsync();
            await visit.GoAsync(address);
            await visit.ActAsync("Acknowledge", "I look at the receiver");
            await Expect(List(visit).GetByText("Acknowledged", new LocatorGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            await Expect(List(visit).GetByText("by " + person.Name)).ToBeVisibleAsync();
            await Expect(visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Acknowledge" })).ToHaveCountAsync(0);
        });
        Assert.Contains("I look at the receiver", (await Service.GetAsync("/audit?action=alert.acknowledge")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_makes_a_sink_tries_it_changes_it_and_deletes_it()
    {
        await using var receiver = await SinkReceiver.StartAsync(ServerProcess.Native is null ? Service.Clock : TimeProvider.System);
        await VisitAsync("admin", async visit =>
        {
            await visit.GoAsync("/alerts");
            await visit.Button("New sink").ClickAsync();
            var dialog = visit.Dialog("New sink");
            await dialog.GetByLabel("Name of the sink").FillAsync("team");
            await dialog.GetByLabel("Address of the robot or receiver").FillAsync("nowhere");
            await dialog.GetByLabel("Secret", new LocatorGetByLabelOptions { Exact = true }).FillAsync(SinkReceiver.DingTalkSecret);
            await visit.ConfirmAsync("New sink");
            await Expect(dialog.Locator(".ant-form-item-explain-error")).ToBeVisibleAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await dialog.GetByLabel("Address of the robot or receiver").FillAsync(receiver.Url("dingtalk"));
            await visit.ConfirmAsync("New sink");
            await Expect(dialog).ToHaveCountAsync(0);
            await Expect(Sinks(visit).GetByText("access_token=***")).ToBeVisibleAsync();
            await visit.Button("Send a test to team").ClickAsync();
            await Expect(visit.Page.GetByText("team took the test message.")).ToBeVisibleAsync();

            // Saved as it is shown, it keeps its secrets; what it refuses is said.
            await visit.Button("Change team").ClickAsync();
            await visit.ConfirmAsync("Change team");
            await Expect(visit.Dialog("Change team")).ToHaveCountAsync(0);
            receiver.SetDown("dingtalk", true);
            await visit.Button("Send a test to team").ClickAsync();
            await Expect(visit.Page.GetByText("team did not take the test message: it answered 500")).ToBeVisibleAsync();
            await visit.AssertFitsPhoneAsync();
            await Axe.AssertFaultlessAsync(visit.Page);
            await visit.Button("Delete team").ClickAsync();
            await visit.ConfirmAsync("Delete team");
            await Expect(visit.Main.GetByText("Nobody is told of alerts yet")).ToBeVisibleAsync();
        });
        Assert.Equal(["dingtalk"], receiver.Taken.Select(taken => taken.Sink));
        Assert.Equal(0, receiver.Refused);
    }

    [Fact]
    public async Task An_admin_sets_a_threshold_for_a_game_and_removes_it()
    {
        var game = await Service.NewGameAsync();
        await VisitAsync("admin", async visit =>
        {
            const string Dialog = "Set: The oldest callback has waited too long";
            await visit.GoAsync("/alerts");
            await visit.Button(Dialog).ClickAsync();
            await visit.Dialog(Dialog).GetByLabel("Game", new LocatorGetByLabelOptions { Exact = true }).FillAsync(game.GameId);
            await visit.Dialog(Dialog).GetByLabel("Seconds", new LocatorGetByLabelOptions { Exact = true }).FillAsync("many");
            await visit.ConfirmAsync(Dialog);
            await Expect(visit.Dialog(Dialog).Locator(".ant-form-item-explain-error")).ToBeVisibleAsync();
            await visit.Dialog(Dialog).GetByLabel("Seconds", new LocatorGetByLabelOptions { Exact = true }).FillAsync("7200");
            await visit.ConfirmAsync(Dialog);
            await Expect(visit.Dialog(Dialog)).ToHaveCountAsync(0);
            await Expect(visit.Main.GetByText($"Game {game.GameId} · ")).ToBeVisibleAsync();
            var stored = Assert.Single((await Service.GetAsync("/alert-conditions")).GetProperty("thresholds").EnumerateArray());
            Assert.Equal(
                (long.Parse(game.GameId, CultureInfo.InvariantCulture), 7200L), (stored.GetProperty("gameId").GetInt64(), stored.GetProperty("threshold").GetInt64()));
            var remove = visit.Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = $"Remove: Game {game.GameId}" });
            var name = await remove.GetAttributeAsync("aria-label");
            await remove.ClickAsync();
            await visit.ConfirmAsync(name!);
            await Expect(visit.Main.GetByText($"Game {game.GameId} · ")).ToHaveCountAsync(0);
        });
        Assert.Empty((await Service.GetAsync("/alert-conditions")).GetProperty("thresholds").EnumerateArray());
    }

    private static ILocator List(Visit visit) => visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Alerts", Exact = true });

    private static ILocator Sinks(Visit visit) => visit.Main.GetByRole(AriaRole.Region, new LocatorGetByRoleOptions { Name = "Where alerts go", Exact = true });
}
