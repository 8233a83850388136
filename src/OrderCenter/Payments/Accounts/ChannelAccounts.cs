using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrderCenter.Payments.Accounts;

/// <summary>The accounts of a channel in one app's settings: <c>{"accounts":{"NAME":{…}},"default":"NAME"}</c> in place of the settings
/// of one account.</summary>
internal static partial class ChannelAccounts
{
    public const string Field = "accounts";
    private const string DefaultField = "default";
    private const string Form = "must be 1 to 16 accounts, each an object under a name of 1 to 32 letters, digits, - and _";
    private const int AccountsMax = 16;
    private const int NameMax = 32;

    /// <summary>Whether settings are of several accounts, well formed or not.</summary>
    public static bool AreIn(JsonElement settings) => settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty(Field, out _);

    /// <summary>The accounts by name, in the order of the settings; none where they are not well formed.</summary>
    public static IReadOnlyList<(string Name, JsonElement Settings)> Read(JsonElement settings) =>
        settings.GetProperty(Field) is { ValueKind: JsonValueKind.Object } accounts
        && accounts.EnumerateObject().Select(account => (account.Name, account.Value)).ToList() is { Count: >= 1 and <= AccountsMax } read
        && read.TrueForAll(account => NameForm().IsMatch(account.Name) && account.Value.ValueKind == JsonValueKind.Object)
            ? read
            : [];

    /// <summary>The name of the account that is meant where nothing says otherwise; null: none is.</summary>
    public static string? DefaultOf(JsonElement settings) => new JsonFieldReader(settings).Text(DefaultField, NameMax);

    /// <summary>Everything that is wrong with the settings of several accounts.</summary>
    public static IEnumerable<string> Faults(JsonElement settings, IChannel channel)
    {
        var fields = new JsonFieldReader(settings);
        fields.OnlyKnown([Field, DefaultField]);
        var accounts = Read(settings);
        if (accounts.Count == 0)
        {
            fields.AddFault($"{Field} {Form}");
            return fields.Faults;
        }
        var name = fields.Text(DefaultField, NameMax);
        if (name is not null && accounts.All(account => account.Name != name))
        {
            fields.AddFault($"{DefaultField} must be one of {string.Join(", ", accounts.Select(account => account.Name))}");
        }
        var identities = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (account, inner) in accounts)
        {
            foreach (var fault in channel.Faults(inner))
            {
                fields.AddFault($"{Field}.{account}: {fault}");
            }
            var identity = channel.IdentityOf(inner) ?? inner.GetRawText();
            if (!identities.TryAdd(identity, account))
            {
                fields.AddFault($"{Field}.{account} is of the same as {Field}.{identities[identity]}: {channel.IdentityOf(inner)}");
            }
        }
        return fields.Faults;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NameForm();
}
