using System.Reflection;

namespace OrderCenter.Hosting;

/// <summary>This program's version.</summary>
internal static class Version
{
    /// <summary>With the commit that it was built from, where that is known.</summary>
    public static string Text { get; } =
        typeof(Version).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static string Number { get; } = Text.Split('+')[0];
}
