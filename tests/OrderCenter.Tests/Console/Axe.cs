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

    private static readonly string s_path = Path.Combine(Repository.Root, "src", "console", "node_modules", "axe-core", "axe.min.js");

    /// <summary>No serious and no critical fault in what is shown.</summary>
    public static async Task AssertFaultlessAsync(IPage page)
    {
        if (!File.Exists(s_path))
        {
            OtherImplementation.Missing("axe-core (npm ci in src/console)");
        }
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(s_path) + ";0");
        }
        var faults = await page.EvaluateAsync<string[]>(Run);
        Assert.True(faults.Length == 0, $"{page.Url}\n{string.Join('\n', faults)}");
    }
}
