using System.Collections.Concurrent;
using Microsoft.Playwright;
using OrderCenter.Tests.Operators;
using static Microsoft.Playwright.Assertions;

namespace OrderCenter.Tests.Console;

/// <summary>Somebody who looks at the console in a browser of his own. What must never happen there is noted: see <see cref="AssertNothingWentWrongAsync"/>.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private const float PatienceMs = 20_000;

    /// <summary>Shown while something is read or loaded.</summary>
    private const string Busy = "[aria-busy=true], .waiting, .ant-spin-spinning";

    /// <summary>Chromium's own words for an answer that is no success: those are part of what is tested.</summary>
    private const string RefusedAnswer = "Failed to load resource";

    private static readonly TimeSpan s_narrowing = TimeSpan.FromSeconds(3);
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly IBrowserContext _context;
    private readonly Uri _service;

    private Visit(IBrowserContext context, Uri service) => (_context, _service) = (context, service);

    public IPage Page { get; private set; } = null!;

    public ILocator Main => Page.GetByRole(AriaRole.Main);

    /// <param name="browser">The browser of all.</param>
    /// <param name="service">Where the service listens.</param>
    /// <param name="person">Whose session the browser has; null: nobody's.</param>
    /// <param name="look">How.</param>
    public static async Task<Visit> BeginAsync(Browser browser, Uri service, Person? person, Look look)
    {
        SetDefaultExpectTimeout(PatienceMs);
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = service.AbsoluteUri,
            Locale = look.Locale,
            TimezoneId = "Asia/Shanghai",
            ColorScheme = look.Colors,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
        });
        var visit = new Visit(context, service);
        context.SetDefaultTimeout(PatienceMs);
        await visit.WatchAsync();
        if (person?.Cookie?.Split('=', 2) is [var name, var value])
        {
            await context.AddCookiesAsync([new Cookie { Name = name, Value = value, Url = service.AbsoluteUri, HttpOnly = true }]);
        }
        visit.Page = await context.NewPageAsync();
        return visit;
    }

    /// <summary>Another tab of the same browser.</summary>
    public Task<IPage> NewTabAsync() => _context.NewPageAsync();

    /// <summary>Goes to an address below /console and waits until the page is there.</summary>
    public async Task GoAsync(string address)
    {
        await Page.GotoAsync("/console" + address, new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        await SettleAsync();
    }

    /// <summary>Waits until the page is there, and all that it asked for.</summary>
    public async Task SettleAsync()
    {
        await Expect(Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }).First).ToBeVisibleAsync();
        await Expect(Page.Locator(Busy)).ToHaveCountAsync(0);
    }

    /// <summary>Fills the sign-in in, wherever it is shown, and waits for the answer.</summary>
    public async Task SignInAsync(string name, string password, string? code = null)
    {
        await Page.GetByLabel("User name", new PageGetByLabelOptions { Exact = true }).FillAsync(name);
        await Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        if (code is not null)
        {
            await Page.GetByLabel("Code", new PageGetByLabelOptions { Exact = true }).FillAsync(code);
        }
        await Page.RunAndWaitForResponseAsync(
            () => Button("Sign in").ClickAsync(),
            response => response.Request.Method == "POST" && response.Url.EndsWith("/api/v1/session", StringComparison.Ordinal));
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Dialog(string name) => Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>Presses one of the buttons of an order, and says why.</summary>
    public async Task ActAsync(string button, string reason)
    {
        await Main.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button, Exact = true }).ClickAsync();
        await Dialog(button).GetByLabel("Reason", new LocatorGetByLabelOptions { Exact = true }).FillAsync(reason);
        await ConfirmAsync(button);
        await Expect(Dialog(button)).ToHaveCountAsync(0);
    }

    public Task ConfirmAsync(string dialog) =>
        Dialog(dialog).GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Confirm", Exact = true }).ClickAsync();

    /// <summary>Searches by the box above every page.</summary>
    public async Task SearchAsync(string text)
    {
        var box = Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Order, transaction or player", Exact = true });
        await box.FillAsync(text);
        await box.PressAsync("Enter");
    }

    /// <summary>A phone shows the page without scrolling sideways. The page takes a moment to become as narrow.</summary>
    public async Task AssertFitsPhoneAsync()
    {
        await Page.SetViewportSizeAsync(Look.Phone.Width, Look.Phone.Height);
        var since = TimeProvider.System.GetTimestamp();
        int width;
        while ((width = await Page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")) > Look.Phone.Width)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < s_narrowing, $"{Page.Url} is {width} pixels wide on a screen of {Look.Phone.Width}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>No code of others ran, no dialog opened, the Content-Security-Policy had nothing to stop, nothing came from elsewhere, and the server did not fail.
    /// </summary>
    public async Task AssertNothingWentWrongAsync()
    {
        // What the page reported before this was answered has arrived.
        await Page.EvaluateAsync("0");
        Assert.True(_faults.IsEmpty, string.Join('\n', _faults));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task WatchAsync()
    {
        await _context.ExposeFunctionAsync<string>("reportFault", _faults.Enqueue);
        await _context.AddInitScriptAsync("""
            window.injected = what => reportFault('a text was executed: ' + what);
            document.addEventListener('securitypolicyviolation', event =>
                reportFault(`the Content-Security-Policy stopped ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
            """);
        _context.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith(RefusedAnswer, StringComparison.Ordinal))
            {
                _faults.Enqueue($"the page wrote an error: {message.Text}");
            }
        };
        _context.WebError += (_, error) => _faults.Enqueue($"the page failed: {error.Error}");
        _context.Dialog += (_, dialog) =>
        {
            _faults.Enqueue($"a dialog of the browser: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        _context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_service.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                _faults.Enqueue($"the page asked for {request.Url}");
            }
        };
        _context.Response += (_, response) =>
        {
            if (response.Status >= 500)
            {
                _faults.Enqueue($"the server failed: {response.Status} {response.Request.Method} {response.Url}");
            }
        };
    }
}
