using Microsoft.Playwright;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Console;

/// <summary>axe-core, from the console's own packages: what it finds in a page that people with disabilities cannot use.</summary>
internal static class Axe
{
    private const string Run = """
        async () => {
          const { violations } = await axe.run(document, { resultTypes: ['violations'], preload: false });
          return violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, impact, help, nodes }) =>
              `${id} (${impact}): ${help}` + nodes.slice(0, 4).map(({ html, any }) => `\n    ${html.slice(0, 200)} ${any.map(({ message }) => message).join('; ')}`).join(''));
        }
        """;

    /// <summary>What of an element and its parts has too little contrast as it is shown now.</summary>
    private const string RunContrast = """
        async element => {
          const { violations } = await axe.run(element, { runOnly: ['color-contrast'], preload: false });
          return violations.flatMap(({ nodes }) => nodes.map(({ html, any }) => `${html.slice(0, 200)} ${any.map(({ message }) => message).join('; ')}`));
        }
        """;

    private static readonly string s_path = Path.Combine(Repository.Root, "src", "console", "node_modules", "axe-core", "axe.min.js");

    /// <summary>No serious and no critical fault in what is shown.</summary>
    public static async Task AssertFaultlessAsync(IPage page)
    {
        await LoadAsync(page);
        var faults = await page.EvaluateAsync<string[]>(Run);
        Assert.True(faults.Length == 0, $"{page.Url}\n{string.Join('\n', faults)}");
    }

    /// <summary>Each of these can be read while the pointer is over it.</summary>
    public static async Task AssertReadableUnderPointerAsync(IPage page, ILocator elements)
    {
        await LoadAsync(page);
        foreach (var element in await elements.AllAsync())
        {
            await element.HoverAsync();
            Assert.Empty(await element.EvaluateAsync<string[]>(RunContrast));
        }
    }

    private static async Task LoadAsync(IPage page)
    {
        if (!File.Exists(s_path))
        {
            OtherImplementation.Missing("axe-core (npm ci in src/console)");
        }
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(s_path) + ";0");
        }
    }
}
