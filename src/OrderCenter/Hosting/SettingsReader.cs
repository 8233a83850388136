using System.Globalization;
using System.Net;

namespace OrderCenter.Hosting;

/// <summary>Reads settings, and collects every fault in one line: the key, the value and what is allowed. A name that it never read is
/// unknown.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    public delegate bool TryParse<T>(string text, out T value);

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Faults { get; } = [];

    /// <summary>A text; null: it is not set, or empty.</summary>
    public string? Text(string key)
    {
        _known.Add(key);
        return configuration[key] is { Length: > 0 } text ? text : null;
    }

    public void Refuse(string key, string shown, string allowed) => Faults.Add($"{key} is '{OneLine(shown)}'; allowed: {allowed}");

    public bool Flag(string key, bool unset) => Parse<bool>(key, unset, "true or false", bool.TryParse);

    /// <summary>A whole number; where 0 is allowed it means off.</summary>
    public long Number(string key, string unit, long unset, long min, long max) => Parse(
        key, unset, $"a whole number of {unit} from {min}{(min == 0 ? " (off)" : "")} to {max}",
        (string text, out long number) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max);

    public string Choice(string key, string unset, params string[] allowed)
    {
        var text = Text(key) ?? unset;
        if (!allowed.Contains(text))
        {
            Refuse(key, text, string.Join(", ", allowed));
        }
        return text;
    }

    /// <summary>An absolute address; null: it is not set.</summary>
    public Uri? Address(string key, string allowed, Func<Uri, bool> isAllowed)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && isAllowed(address))
        {
            return address;
        }
        Refuse(key, text, allowed);
        return null;
    }

    public T Parse<T>(string key, T unset, string allowed, TryParse<T> tryParse)
    {
        if (Text(key) is not { } text)
        {
            return unset;
        }
        if (tryParse(text, out var value))
        {
            return value;
        }
        Refuse(key, text, allowed);
        return unset;
    }

    /// <summary>Addresses and networks: one text with commas, or a list.</summary>
    public List<IPNetwork> Networks(string key)
    {
        _known.Add(key);
        var section = configuration.GetSection(key);
        var texts = section.GetChildren().Select(child => child.Value ?? "").Concat((section.Value ?? "").Split(','))
            .Select(text => text.Trim()).Where(text => text.Length > 0);
        var networks = new List<IPNetwork>();
        foreach (var text in texts)
        {
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                Refuse(key, text, "addresses or networks such as 10.0.0.0/8, separated by commas");
            }
        }
        return networks;
    }

    /// <summary>Adds a fault for every name that was not read.</summary>
    public void RefuseUnknown() => Faults.AddRange(UnknownSettings.Find(configuration, _known));

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
