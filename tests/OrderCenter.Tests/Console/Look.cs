using Microsoft.Playwright;

namespace OrderCenter.Tests.Console;

/// <summary>How somebody looks at the console.</summary>
internal sealed record Look(string Locale = "en-US", int Width = 1280, int Height = 800, ColorScheme Colors = ColorScheme.Light)
{
    public static readonly Look Desk = new();
    public static readonly Look Phone = new(Width: 390, Height: 844);
    public static readonly Look Chinese = new(Locale: "zh-CN");
}
