using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using OrderCenter.Encodings;

namespace OrderCenter.Hosting;

/// <summary>Finds settings that are never read because their names are misspelt: with <c>Storage__Engin=postgres</c> the service would
/// start on a new, empty database. The environment has many variables of other programs, so only names with sections like ours are checked
/// there; on the command line all are.</summary>
internal static class UnknownSettings
{
    private const int ShownMax = 128;

    /// <summary>Names this far from one of ours are taken for misspelt ones.</summary>
    private const int EditsMax = 2;
    private const string Form = "--Name:Of:Setting=value";

    /// <summary>What platforms put beside a connection string that they hand over.</summary>
    private const string ProviderName = "_ProviderName";

    /// <summary>Sections that ASP.NET Core reads, with whatever they hold.</summary>
    private static readonly string[] HostSections = ["Logging", "Kestrel", "Metrics", "Authentication", "hostBuilder"];

    /// <summary>Names that .NET's host reads.</summary>
    private static readonly string[] HostNames =
    [
        "environment", "contentRoot", "applicationName", "webRoot", "urls", "http_ports", "https_ports", "https_port", "preferHostingUrls",
        "AllowedHosts", "detailedErrors",
        "captureStartupErrors", "shutdownTimeoutSeconds", "suppressStatusMessages", "startupAssembly", "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies",
        "preventHostingStartup", "forwardedHeaders_Enabled", "staticWebAssets",
    ];

    /// <summary>What exporters of telemetry read, whatever follows.</summary>
    private const string TelemetryPrefix = "OTEL_";

    /// <summary>Every name that nobody reads, each in one line that says what was probably meant.</summary>
    /// <param name="configuration">With the providers that it was read from.</param>
    /// <param name="known">The settings that this service reads.</param>
    public static IEnumerable<string> Find(IConfiguration configuration, IReadOnlySet<string> known)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return [];
        }
        var sections = known.Select(SectionOf).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var names = known.Where(name => SectionOf(name) is null).ToList();
        var faults = new List<string>();
        foreach (var provider in root.Providers)
        {
            var isCommandLine = provider is CommandLineConfigurationProvider;
            foreach (var name in provider.GetChildKeys([], parentPath: null).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                // A plain name in the environment may belong to another program; in a file it was meant for this one.
                if (provider.TryGet(name, out _) && !known.Contains(name) && !IsOfHost(name)
                    && (
                        isCommandLine
                            || (provider is not EnvironmentVariablesConfigurationProvider && names.Any(ours => IsNear(name, ours)))))
                {
                    faults.Add(Unknown(name, known.Concat(HostNames)));
                }
                if (!HostSections.Contains(name, StringComparer.OrdinalIgnoreCase)
                    && (isCommandLine || sections.Any(ours => IsNear(name, ours))))
                {
                    faults.AddRange(KeysBelow(provider, name).Where(key => !IsKnown(key, known)).Select(key => Unknown(key, known)));
                }
            }
        }
        return faults.Distinct(StringComparer.Ordinal);
    }

    /// <summary>Every argument that the command line's reader ignores silently.</summary>
    public static IEnumerable<string> FindArguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var argument = args[i];
            if (argument.Contains('=', StringComparison.Ordinal))
            {
                continue;
            }
            if (argument.StartsWith("--", StringComparison.Ordinal) || argument.StartsWith('/'))
            {
                // The next argument is its value.
                if (++i == args.Count)
                {
                    yield return $"{Shown(argument)} has no value; allowed: {Form}";
                }
            }
            else
            {
                yield return $"{Shown(argument)} is unknown; allowed: {Form}";
            }
        }
    }

    private static IEnumerable<string> KeysBelow(IConfigurationProvider provider, string path)
    {
        foreach (var name in provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var inner = ConfigurationPath.Combine(path, name);
            if (provider.TryGet(inner, out _))
            {
                yield return inner;
            }
            foreach (var key in KeysBelow(provider, inner))
            {
                yield return key;
            }
        }
    }

    /// <summary>A setting, or an item of one that is a list.</summary>
    private static bool IsKnown(string key, IReadOnlySet<string> known) =>
        known.Contains(key)
        || (
            ConfigurationPath.GetParentPath(key) is { } list && known.Contains(list)
                && ConfigurationPath.GetSectionKey(key).All(char.IsAsciiDigit))
        || (key.EndsWith(ProviderName, StringComparison.OrdinalIgnoreCase) && known.Contains(key[..^ProviderName.Length]));

    private static bool IsOfHost(string name) =>
        HostNames.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith(TelemetryPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsNear(string name, string ours) =>
        Math.Abs(name.Length - ours.Length) <= EditsMax && NearestName.Edits(name, ours) <= EditsMax;

    private static string Unknown(string key, IEnumerable<string> names)
    {
        var nearest = NearestName.Of(key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), names);
        return $"{Shown(key)} is unknown; the nearest is {nearest}";
    }

    private static string? SectionOf(string key) => key.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? key[..end] : null;

    private static string Shown(string text) =>
        string.Concat(
            (text.Length <= ShownMax ? text : text[..ShownMax] + "…").Select(character => char.IsControl(character) ? ' ' : character));
}
