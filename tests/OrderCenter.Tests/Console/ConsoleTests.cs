using Microsoft.Playwright;
using OrderCenter.Tests.Operators;

namespace OrderCenter.Tests.Console;

/// <summary>What the tests of the console have in common.</summary>
[Collection(ConsoleCollection.Name)]
public abstract class ConsoleTests(Browser browser, ConsoleService service)
{
    private const string PicturesFolder = "console-failures";

    protected ConsoleService Service => service;

    /// <summary>Somebody of a role, with a session, does something in the console, and nothing goes wrong meanwhile.</summary>
    /// <param name="role">Null: nobody is signed in.</param>
    /// <param name="actAsync">What he does.</param>
    /// <param name="look">How he looks at it; null: at a desk.</param>
    private protected async Task VisitAsync(string? role, Func<Visit, Task> actAsync, Look? look = null)
    {
        await service.RequireConsoleAsync();
        await VisitAsync(role is null ? null : await service.PersonAsync(role), actAsync, look);
    }

    private protected async Task VisitAsync(Person? person, Func<Visit, Task> actAsync, Look? look = null)
    {
        await service.RequireConsoleAsync();
        await using var visit = await Visit.BeginAsync(browser, service.Http.BaseAddress!, person, look ?? Look.Desk);
        try
        {
            await actAsync(visit);
            await visit.AssertNothingWentWrongAsync();
        }
        catch (Exception fault) when (fault is PlaywrightException or TimeoutException or Xunit.Sdk.XunitException)
        {
            await PictureAsync(visit.Page);
            throw;
        }
    }

    /// <summary>What was shown when a test failed, beside the tests' program.</summary>
    private static async Task PictureAsync(IPage page)
    {
        var name = string.Concat((TestContext.Current.Test?.TestDisplayName ?? "test").Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        var path = Path.Combine(AppContext.BaseDirectory, PicturesFolder, name[..Math.Min(name.Length, 150)] + ".png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
        TestContext.Current.TestOutputHelper?.WriteLine($"what was shown: {path}, at {page.Url}");
    }
}
