using Microsoft.Playwright;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Console;

/// <summary>Chromium, started once for all tests of the console. Where it is missing the tests are skipped; in CI they fail.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Where the browser is, if it is not on the PATH.</summary>
    private const string PathVariable = "ORDERCENTER_TESTS_CHROMIUM";

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Nothing of it looks for hosts elsewhere.</summary>
    private static readonly string[] s_flags =
        ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
        {
            return;
        }
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = s_flags });
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
        _playwright?.Dispose();
    }

    /// <summary>A browser without cookies, storage and cache of any other.</summary>
    public Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        if (_chromium is null)
        {
            OtherImplementation.Missing($"a browser ({string.Join(", ", s_names)} on the PATH, or {PathVariable})");
        }
        return _chromium!.NewContextAsync(options);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new FileNotFoundException($"{PathVariable} names no file", given);
        }
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return s_names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
