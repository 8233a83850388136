using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>The installation's settings (contract.md, "Settings"), all checked at start.</summary>
internal sealed record Settings
{
    private const int AdminTokenMin = 16;
    private const int RateMax = 1_000_000;
    private const long BytesBeingReadMax = 1L << 36;
    private const int FailuresPerMinuteDefault = 600;
    private const int ConnectionsDefault = 16_384;
    private const int KeepChangesDaysDefault = 90;
    private const int KeepDaysMax = 3650;

    public required DatabaseOptions Storage { get; init; }

    /// <summary>Bearer token of the native API; null: it is closed.</summary>
    public required Secret? AdminToken { get; init; }

    /// <summary>Whether the token was generated at this start and has to be shown.</summary>
    public required bool IsAdminTokenNew { get; init; }

    public required byte[] MasterKey { get; init; }

    /// <summary>Further keys whose sealed texts are opened, while the master key changes.</summary>
    public required IReadOnlyList<byte[]> OldMasterKeys { get; init; }
    public required IReadOnlyList<IPNetwork> KnownNetworks { get; init; }
    public required int RequestsPerSecondPerAddress { get; init; }
    public required int RequestsPerSecondPerApp { get; init; }

    /// <summary>Requests in progress at once on this node; 0: any number.</summary>
    public required int ConcurrentRequestsPerAddress { get; init; }

    /// <inheritdoc cref="ConcurrentRequestsPerAddress"/>
    public required int ConcurrentRequestsPerApp { get; init; }

    /// <summary>Open connections of all callers on this node; 0: any number.</summary>
    public required int Connections { get; init; }

    /// <summary>Open connections of an address that is no proxy; 0: any number.</summary>
    public required int ConnectionsPerAddress { get; init; }

    /// <summary>How many bytes the bodies of all requests may hold while they are read.</summary>
    public required long BytesBeingRead { get; init; }

    /// <summary>Callers that are not accepted (signature, app, address) an address and minute; 0: any number.</summary>
    public required int FailuresPerMinutePerAddress { get; init; }
    public required bool AllowPrivateNetworks { get; init; }

    /// <summary>Whether this node serves the protocols and the native API.</summary>
    public required bool ServesApi { get; init; }

    /// <summary>Whether this node delivers callbacks in the background.</summary>
    public required bool DeliversCallbacks { get; init; }

    /// <summary>The HTTP proxy for callbacks; null: none.</summary>
    public required Uri? CallbackProxy { get; init; }

    /// <summary>Whether callbacks carry the header <c>traceparent</c> where traces are exported.</summary>
    public required bool SendsTraceContext { get; init; }

    /// <summary>The address at which payment platforms reach this installation; null: where it listens.</summary>
    public required Uri? PublicUrl { get; init; }

    /// <summary>When a day begins, for statements that are reconciled by the day.</summary>
    public required BusinessDay BusinessDay { get; init; }

    /// <summary>How long changes are kept for the change feed, days.</summary>
    public required int KeepChangesDays { get; init; }

    public static bool TryRead(
        IConfiguration configuration, IHostEnvironment environment, [NotNullWhen(true)] out Settings? settings, out List<string> faults)
    {
        var reader = new SettingsReader(configuration);
        faults = reader.Faults;
        var database = ReadDatabase(reader);
        var token = reader.Text("Admin:Token");
        if (token is { Length: < AdminTokenMin })
        {
            reader.Refuse("Admin:Token", "***", $"at least {AdminTokenMin} characters");
        }
        var isTokenNew = token is null && environment.IsDevelopment();
        token = isTokenNew ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : token;
        var read = new Settings
        {
            Storage = database,
            AdminToken = token is null ? null : new Secret(token),
            IsAdminTokenNew = isTokenNew,
            MasterKey = Hosting.MasterKey.Read(reader, environment, database),
            OldMasterKeys = Hosting.MasterKey.ReadOld(reader),
            KnownNetworks = reader.Networks("ForwardedHeaders:KnownNetworks"),
            RequestsPerSecondPerAddress = (int)reader.Number("Limits:RequestsPerSecondPerAddress", "requests a second", 0, 0, RateMax),
            RequestsPerSecondPerApp = (int)reader.Number("Limits:RequestsPerSecondPerApp", "requests a second", 0, 0, RateMax),
            ConcurrentRequestsPerAddress = (int)reader.Number("Limits:ConcurrentRequestsPerAddress", "requests at once", 0, 0, RateMax),
            ConcurrentRequestsPerApp = (int)reader.Number("Limits:ConcurrentRequestsPerApp", "requests at once", 0, 0, RateMax),
            Connections = (int)reader.Number("Limits:Connections", "connections", ConnectionsDefault, 0, RateMax),
            ConnectionsPerAddress = (int)reader.Number("Limits:ConnectionsPerAddress", "connections", 0, 0, RateMax),
            BytesBeingRead = reader.Number(
                "Limits:BytesBeingRead", "bytes", BodyReader.BytesMaxDefault, BodyReader.BytesMaxLeast, BytesBeingReadMax),
            FailuresPerMinutePerAddress =
                (int)reader.Number("Limits:FailuresPerMinutePerAddress", "requests a minute", FailuresPerMinuteDefault, 0, RateMax),
            AllowPrivateNetworks = reader.Flag("Callbacks:AllowPrivateNetworks", environment.IsDevelopment()),
            ServesApi = reader.Flag("Roles:Api", true),
            DeliversCallbacks = reader.Flag("Roles:Callbacks", true),
            CallbackProxy = reader.Address(
                "Callbacks:Proxy", "an http address such as http://proxy:3128", url => url.Scheme == Uri.UriSchemeHttp),
            SendsTraceContext = reader.Flag("Callbacks:TraceContext", true),
            PublicUrl = reader.Address(
                "PublicUrl",
                "the http or https address at which payment platforms reach this installation, such as https://pay.example.com",
                url => IsWeb(url) && url.Query.Length == 0),
            BusinessDay = reader.Parse<BusinessDay>("BusinessDay:UtcOffset", BusinessDay.Default, BusinessDay.Form, BusinessDay.TryParse),
            KeepChangesDays = (int)reader.Number("Changes:KeepDays", "days", KeepChangesDaysDefault, 1, KeepDaysMax),
        };
        reader.Address(Observability.OtlpEndpoint, "an http or https address such as http://collector:4317", IsWeb);
        reader.Choice(Observability.OtlpProtocol, "grpc", "grpc", "http/protobuf");
        if (!read.ServesApi && !read.DeliversCallbacks)
        {
            reader.Faults.Add("Roles:Api and Roles:Callbacks are both false; allowed: at least one true");
        }
        reader.RefuseUnknown();
        settings = faults.Count == 0 ? read : null;
        return settings is not null;
    }

    private static DatabaseOptions ReadDatabase(SettingsReader reader)
    {
        const string Connection = "ConnectionStrings:OrderCenter";
        var engine = reader.Choice("Storage:Engine", DatabaseOptions.Sqlite, DatabaseOptions.Sqlite, DatabaseOptions.Postgres);
        if (engine == DatabaseOptions.Postgres && reader.Text(Connection) is null)
        {
            reader.Faults.Add(
                $"{Connection} is not set; with Storage:Engine postgres it must be an Npgsql connection string such as "
                + "Host=db;Username=ordercenter;Password=…;Database=ordercenter");
        }
        return new DatabaseOptions(
            engine, reader.Text(Connection) ?? "Data Source=data/ordercenter.db", reader.Flag("Storage:Distribute", false));
    }

    private static bool IsWeb(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;
}
