using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using OrderCenter.Model;
using OrderCenter.Statements;
using OrderCenter.Store;

namespace OrderCenter.Hosting;

/// <summary>The installation's settings (contract.md, "Settings"), checked at start: every fault is told, each in one line that names the key, the value
/// and what is allowed.</summary>
internal sealed record Settings
{
    private const int AdminTokenMin = 16;
    private const int RateMax = 1_000_000;
    private const int KeepChangesDaysDefault = 90;
    private const int KeepDaysMax = 3650;

    /// <summary>What SQLite's connection string calls its file.</summary>
    private static readonly string[] FileKeywords = ["Data Source", "DataSource", "Filename"];

    public required StoreOptions Storage { get; init; }

    /// <summary>Bearer token of the native API; null: it is closed.</summary>
    public required Secret? AdminToken { get; init; }

    /// <summary>Whether the token was made at this start and has to be told.</summary>
    public required bool IsAdminTokenNew { get; init; }

    public required byte[] MasterKey { get; init; }
    public required IReadOnlyList<IPNetwork> KnownNetworks { get; init; }
    public required int RequestsPerSecondPerAddress { get; init; }
    public required int RequestsPerSecondPerApp { get; init; }
    public required bool AllowPrivateNetworks { get; init; }

    /// <summary>Whether this node serves the protocols and the native API.</summary>
    public required bool ServesApi { get; init; }

    /// <summary>Whether this node delivers callbacks in the background.</summary>
    public required bool DeliversCallbacks { get; init; }

    /// <summary>The proxy through which callbacks go; null: directly.</summary>
    public required Uri? CallbackProxy { get; init; }

    /// <summary>Where the world reaches this installation; null: where it listens.</summary>
    public required Uri? PublicUrl { get; init; }

    /// <summary>By which clocks a day begins, where statements are matched by the day.</summary>
    public required BusinessDay BusinessDay { get; init; }

    /// <summary>How long the feed of changes is kept, days.</summary>
    public required int KeepChangesDays { get; init; }

    public static bool TryRead(
        IConfiguration configuration, IHostEnvironment environment, [NotNullWhen(true)] out Settings? settings, out List<string> faults)
    {
        faults = [];
        var found = faults;
        string? Value(string key) => configuration[key] is { Length: > 0 } text ? text : null;
        T Fault<T>(string key, string shown, string allowed, T instead)
        {
            found.Add($"{key} is '{OneLine(shown)}'; allowed: {allowed}");
            return instead;
        }

        int Rate(string key) => Value(key) is not { } text ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate <= RateMax ? rate
            : Fault(key, text, $"a whole number of requests a second from 0 (off) to {RateMax}", 0);

        bool Flag(string key, bool unset) => Value(key) is not { } text ? unset
            : bool.TryParse(text, out var flag) ? flag
            : Fault(key, text, "true or false", unset);

        var engine = Value("Storage:Engine") ?? StoreOptions.Sqlite;
        if (engine is not (StoreOptions.Sqlite or StoreOptions.Postgres))
        {
            Fault("Storage:Engine", engine, $"{StoreOptions.Sqlite}, {StoreOptions.Postgres}", 0);
        }
        if (engine == StoreOptions.Postgres && Value("ConnectionStrings:OrderCenter") is null)
        {
            found.Add("ConnectionStrings:OrderCenter is not set; with Storage:Engine postgres it must be an Npgsql connection string such as Host=db;Username=ordercenter;Password=…;Database=ordercenter");
        }
        var storage = new StoreOptions(engine, Value("ConnectionStrings:OrderCenter") ?? "Data Source=data/ordercenter.db", Flag("Storage:Distribute", false));
        var token = Value("Admin:Token");
        if (token is { Length: < AdminTokenMin })
        {
            Fault("Admin:Token", "***", $"at least {AdminTokenMin} characters", 0);
        }
        var isTokenNew = token is null && environment.IsDevelopment();
        var read = new Settings
        {
            Storage = storage,
            AdminToken = isTokenNew ? new Secret(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))) : token is null ? null : new Secret(token),
            IsAdminTokenNew = isTokenNew,
            MasterKey = ReadMasterKey(Value("Secrets:MasterKey"), environment, storage, faults),
            KnownNetworks = ReadNetworks(configuration, faults),
            RequestsPerSecondPerAddress = Rate("Limits:RequestsPerSecondPerAddress"),
            RequestsPerSecondPerApp = Rate("Limits:RequestsPerSecondPerApp"),
            AllowPrivateNetworks = Flag("Callbacks:AllowPrivateNetworks", environment.IsDevelopment()),
            ServesApi = Flag("Roles:Api", true),
            DeliversCallbacks = Flag("Roles:Callbacks", true),
            CallbackProxy = Value("Callbacks:Proxy") is not { } proxy ? null
                : Uri.TryCreate(proxy, UriKind.Absolute, out var proxyUrl) && proxyUrl.Scheme == Uri.UriSchemeHttp ? proxyUrl
                : Fault<Uri?>("Callbacks:Proxy", proxy, "an http address such as http://proxy:3128", null),
            PublicUrl = Value("PublicUrl") is not { } open ? null
                : Uri.TryCreate(open, UriKind.Absolute, out var openUrl) && (openUrl.Scheme == Uri.UriSchemeHttps || openUrl.Scheme == Uri.UriSchemeHttp) && openUrl.Query.Length == 0 ? openUrl
                : Fault<Uri?>("PublicUrl", open, "the http or https address at which payment platforms reach this installation, such as https://pay.example.com", null),
            BusinessDay = Value("BusinessDay:UtcOffset") is not { } offset ? BusinessDay.Default
                : BusinessDay.TryParse(offset, out var day) ? day
                : Fault("BusinessDay:UtcOffset", offset, BusinessDay.Form, BusinessDay.Default),
            KeepChangesDays = Value("Changes:KeepDays") is not { } days ? KeepChangesDaysDefault
                : int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var keepDays) && keepDays is >= 1 and <= KeepDaysMax ? keepDays
                : Fault("Changes:KeepDays", days, $"a whole number of days from 1 to {KeepDaysMax}", KeepChangesDaysDefault),
        };
        if (!read.ServesApi && !read.DeliversCallbacks)
        {
            faults.Add("Roles:Api and Roles:Callbacks are both false; allowed: at least one true");
        }
        settings = faults.Count == 0 ? read : null;
        return settings is not null;
    }

    /// <summary>In Development the key lies in a file beside the database, made at the first start and readable by its owner only.</summary>
    private static byte[] ReadMasterKey(string? text, IHostEnvironment environment, StoreOptions storage, List<string> faults)
    {
        const string Key = "Secrets:MasterKey";
        const string Allowed = "base64 of 32 random bytes, as `openssl rand -base64 32` makes them";
        if (text is not null)
        {
            var key = new byte[Vault.KeyBytes + 1];
            if (Convert.TryFromBase64String(text, key, out var length) && length == Vault.KeyBytes)
            {
                return key[..Vault.KeyBytes];
            }
            faults.Add($"{Key} is '***'; allowed: {Allowed}");
            return [];
        }
        if (!environment.IsDevelopment())
        {
            faults.Add($"{Key} is not set; outside Development it must be {Allowed}");
            return [];
        }
        if (KeyFile(storage) is not { } path)
        {
            faults.Add("ConnectionStrings:OrderCenter is '***'; allowed: a connection string that names a file, such as Data Source=data/ordercenter.db");
            return [];
        }
        try
        {
            if (File.Exists(path))
            {
                var stored = Convert.FromBase64String(File.ReadAllText(path));
                return stored.Length == Vault.KeyBytes ? stored : throw new FormatException("it is not 32 bytes");
            }
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var fresh = RandomNumberGenerator.GetBytes(Vault.KeyBytes);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using var file = new StreamWriter(path, options);
            file.Write(Convert.ToBase64String(fresh));
            return fresh;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            faults.Add($"{Key} is not set, and the development key file '{path}' cannot be used: {fault.Message}; allowed: {Allowed}");
            return [];
        }
    }

    /// <summary>Null: the connection string names no file beside which the key could lie.</summary>
    private static string? KeyFile(StoreOptions storage)
    {
        if (storage.Engine != StoreOptions.Sqlite)
        {
            return Path.Combine("data", "ordercenter.key");
        }
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = storage.ConnectionString };
            return FileKeywords.Select(name => parts.TryGetValue(name, out var file) ? file as string : null)
                .FirstOrDefault(file => !string.IsNullOrEmpty(file)) is { } database ? database + ".key" : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>One text with commas, or a list.</summary>
    private static List<IPNetwork> ReadNetworks(IConfiguration configuration, List<string> faults)
    {
        const string Key = "ForwardedHeaders:KnownNetworks";
        var section = configuration.GetSection(Key);
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
                faults.Add($"{Key} is '{OneLine(text)}'; allowed: addresses or networks such as 10.0.0.0/8, separated by commas");
            }
        }
        return networks;
    }
}
