using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using OrderCenter.Hosting;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Hosting;

/// <summary>contract.md, "Settings": defaults, every fault in one line, nothing secret in any of them.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Defaults_are_the_contracts()
    {
        var settings = Good("Production", ("Secrets:MasterKey", Key));
        Assert.Equal(new DatabaseOptions("sqlite", "Data Source=data/ordercenter.db"), settings.Storage);
        Assert.Null(settings.AdminToken);
        Assert.False(settings.IsAdminTokenNew);
        Assert.Empty(settings.KnownNetworks);
        Assert.Equal((0, 0, false), (settings.RequestsPerSecondPerAddress, settings.RequestsPerSecondPerApp, settings.AllowPrivateNetworks));
        Assert.Equal((0, 0, 16_384, 0), (settings.ConcurrentRequestsPerAddress, settings.ConcurrentRequestsPerApp, settings.Connections, settings.ConnectionsPerAddress));
        Assert.Equal("01234567890123456789012345678901"u8.ToArray(), settings.MasterKey);
        Assert.Equal(90, settings.KeepChangesDays);
    }

    [Fact]
    public void Values_are_read()
    {
        var settings = Good(
            "Production", ("Secrets:MasterKey", Key), ("Admin:Token", "0123456789abcdef"), ("Limits:RequestsPerSecondPerAddress", "0"), ("Limits:RequestsPerSecondPerApp", "1000000"),
            ("Callbacks:AllowPrivateNetworks", "true"), ("ConnectionStrings:OrderCenter", "Data Source=x.db"), ("Storage:Engine", "sqlite"), ("ForwardedHeaders:KnownNetworks", "127.0.0.1, 10.0.0.0/8,2001:db8::/32"));
        Assert.Equal("0123456789abcdef", settings.AdminToken!.Reveal());
        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32"], settings.KnownNetworks.Select(network => network.ToString()));
        Assert.Equal((0, 1_000_000, true, "Data Source=x.db"), (settings.RequestsPerSecondPerAddress, settings.RequestsPerSecondPerApp, settings.AllowPrivateNetworks, settings.Storage.ConnectionString));
        Assert.Equal(2, Good("Production", ("Secrets:MasterKey", Key), ("ForwardedHeaders:KnownNetworks:0", "::1"), ("ForwardedHeaders:KnownNetworks:1", "10.1.0.0/16")).KnownNetworks.Count);
    }

    [Fact]
    public void Every_fault_is_told_at_once_in_one_line_that_names_key_value_and_what_is_allowed()
    {
        var faults = Faults(
            "Production", ("Storage:Engine", "oracle"), ("Admin:Token", "short"), ("Limits:RequestsPerSecondPerAddress", "-1"), ("Limits:RequestsPerSecondPerApp", "many"),
            ("Callbacks:AllowPrivateNetworks", "perhaps"), ("ForwardedHeaders:KnownNetworks", "10.0.0.0/8,nonsense,10.0.0.0/33"), ("Secrets:MasterKey", "dG9vIHNob3J0"));
        foreach (var (key, value) in new[]
        {
            ("Storage:Engine", "oracle"), ("Admin:Token", "***"), ("Limits:RequestsPerSecondPerAddress", "-1"), ("Limits:RequestsPerSecondPerApp", "many"), ("Callbacks:AllowPrivateNetworks", "perhaps"),
            ("ForwardedHeaders:KnownNetworks", "nonsense"), ("ForwardedHeaders:KnownNetworks", "10.0.0.0/33"), ("Secrets:MasterKey", "***"),
        })
        {
            var line = Assert.Single(faults, fault => fault.StartsWith($"{key} is '{value}'; allowed: ", StringComparison.Ordinal));
            Assert.True(line.Length > $"{key} is '{value}'; allowed: ".Length);
        }
        Assert.Equal(8, faults.Count);
        Assert.All(faults, fault => Assert.DoesNotContain('\n', fault));
    }

    [Fact]
    public void The_feed_is_kept_for_a_day_to_ten_years()
    {
        Assert.Equal(3650, Good("Production", ("Secrets:MasterKey", Key), ("Changes:KeepDays", "3650")).KeepChangesDays);
        foreach (var bad in new[] { "0", "-1", "3651", "90d", "1.5" })
        {
            Assert.Equal($"Changes:KeepDays is '{bad}'; allowed: a whole number of days from 1 to 3650", Assert.Single(Faults("Production", ("Secrets:MasterKey", Key), ("Changes:KeepDays", bad))));
        }
    }

    [Theory]
    [InlineData(null, 480)]
    [InlineData("+08:00", 480)]
    [InlineData("+00:00", 0)]
    [InlineData("-00:00", 0)]
    [InlineData("-12:00", -720)]
    [InlineData("+14:00", 840)]
    [InlineData("+05:45", 345)]
    [InlineData("-03:30", -210)]
    public void A_business_day_begins_at_its_own_midnight(string? offset, int minutes)
    {
        var day = (offset is null ? Good("Production", ("Secrets:MasterKey", Key)) : Good("Production", ("Secrets:MasterKey", Key), ("BusinessDay:UtcOffset", offset))).BusinessDay;
        Assert.Equal(minutes, day.Offset.TotalMinutes);
        var start = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() - (minutes * 60_000L);
        Assert.Equal(start, day.StartMs(new DateOnly(2026, 11, 21)));
        Assert.Equal((new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 21)), (day.DayOf(start - 1), day.DayOf(start)));
    }

    [Theory]
    [InlineData("8")]
    [InlineData("08:00")]
    [InlineData("+8:00")]
    [InlineData("+08:0")]
    [InlineData("+0800")]
    [InlineData("+14:01")]
    [InlineData("-12:01")]
    [InlineData("+08:60")]
    [InlineData("+24:00")]
    [InlineData("--8:00")]
    [InlineData("UTC")]
    [InlineData("Asia/Shanghai")]
    public void An_offset_that_no_clock_has_is_a_fault(string offset) => Assert.Equal(
        $"BusinessDay:UtcOffset is '{offset}'; allowed: an offset from UTC between -12:00 and +14:00, such as +08:00",
        Assert.Single(Faults("Production", ("Secrets:MasterKey", Key), ("BusinessDay:UtcOffset", offset))));

    [Theory]
    [InlineData("Admin:Token", "tooshortsecret!")]
    [InlineData("Secrets:MasterKey", "dGhpcyBpcyBub3QgMzIgYnl0ZXM=")]
    [InlineData("Secrets:MasterKey", "not base64 at all: hunter2")]
    public void A_secret_is_never_told(string key, string secret)
    {
        var faults = Faults("Production", (key, secret), ("Storage:Engine", "oracle"));
        Assert.Contains(faults, fault => fault.StartsWith(key, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain(secret, fault, StringComparison.Ordinal));
        Assert.DoesNotContain("0123456789abcdef", Good("Production", ("Secrets:MasterKey", Key), ("Admin:Token", "0123456789abcdef")).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Storage:Engine", "a\nsetting Admin:Token is fine")]
    [InlineData("Limits:RequestsPerSecondPerApp", "1\r\n2")]
    [InlineData("ForwardedHeaders:KnownNetworks", "x\ny")]
    [InlineData("PublicUrl", "ftp://x\ny")]
    public void A_value_with_line_ends_still_makes_one_line(string key, string value) =>
        Assert.All(Faults("Production", ("Secrets:MasterKey", Key), (key, value)), fault => Assert.DoesNotContain(fault, character => char.IsControl(character)));

    [Fact]
    public void In_Production_a_missing_key_stops_the_start()
    {
        var fault = Assert.Single(Faults("Production"));
        Assert.StartsWith("Secrets:MasterKey is not set", fault, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void In_Development_a_token_is_made_and_callbacks_may_go_anywhere()
    {
        var (one, two) = (Good("Development", Database("a.db")), Good("Development", Database("a.db")));
        Assert.True(one.IsAdminTokenNew && one.AllowPrivateNetworks);
        Assert.True(one.AdminToken!.Reveal().Length >= 32);
        Assert.NotEqual(one.AdminToken.Reveal(), two.AdminToken!.Reveal());
        Assert.False(Good("Development", Database("a.db"), ("Admin:Token", "0123456789abcdef")).IsAdminTokenNew);
    }

    [Fact]
    public void In_Development_the_key_lies_beside_the_database_for_its_owner_only_and_is_used_again()
    {
        var (first, second) = (Good("Development", Database("new/dir/a.db")), Good("Development", Database("new/dir/a.db")));
        var path = Path.Combine(_directory, "new/dir/a.db.key");
        Assert.Equal(first.MasterKey, second.MasterKey);
        Assert.Equal(32, first.MasterKey.Length);
        Assert.Equal(Convert.ToBase64String(first.MasterKey), File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        Assert.NotEqual(first.MasterKey, Good("Development", Database("b.db")).MasterKey);
        Assert.Equal("01234567890123456789012345678901"u8.ToArray(), Good("Development", Database("a.db"), ("Secrets:MasterKey", Key)).MasterKey);
    }

    [Theory]
    [InlineData("Data Source=PATH")]
    [InlineData("DataSource=PATH;Cache=Private")]
    [InlineData("Filename=PATH")]
    [InlineData("data source = PATH ; Mode=ReadWriteCreate")]
    [InlineData("Data Source=\"PATH\"")]
    public void Every_spelling_of_the_database_puts_the_key_beside_it(string connectionString)
    {
        var path = Path.Combine(_directory, $"{RandomNumberGenerator.GetHexString(8)}.db");
        Good("Development", ("ConnectionStrings:OrderCenter", connectionString.Replace("PATH", path, StringComparison.Ordinal)));
        Assert.True(File.Exists(path + ".key"), string.Join(", ", Directory.GetFiles(_directory)));
    }

    [Theory]
    [InlineData("Cache=Private")]
    [InlineData("nonsense; Password=hunter2")]
    [InlineData("Data Source=\"unclosed; Password=hunter2")]
    public void A_connection_string_that_names_no_file_is_a_fault_and_is_not_told(string connectionString)
    {
        var fault = Assert.Single(Faults("Development", ("ConnectionStrings:OrderCenter", connectionString)));
        Assert.StartsWith("ConnectionStrings:OrderCenter is '***'; allowed: ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("c2hvcnQ=")]
    public void A_spoilt_key_file_is_a_fault_and_is_not_replaced(string content)
    {
        var path = Path.Combine(_directory, "spoilt.db.key");
        File.WriteAllText(path, content);
        var fault = Assert.Single(Faults("Development", Database("spoilt.db")));
        Assert.StartsWith("Secrets:MasterKey is not set", fault, StringComparison.Ordinal);
        Assert.Contains(path, fault, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_wrong_setting_makes_no_service()
    {
        Assert.Null(Program.Build(["--environment=Production", "--Storage:Engine=oracle", $"--Secrets:MasterKey={Key}"], arrange: null));
    }

    private (string, string) Database(string name) => ("ConnectionStrings:OrderCenter", "Data Source=" + Path.Combine(_directory, name));

    private static Settings Good(string environment, params (string Key, string Value)[] values)
    {
        Assert.True(Settings.TryRead(Configuration(values), new HostEnvironment(environment), out var settings, out var faults), string.Join('\n', faults));
        return settings;
    }

    private static List<string> Faults(string environment, params (string Key, string Value)[] values)
    {
        Assert.False(Settings.TryRead(Configuration(values), new HostEnvironment(environment), out var settings, out var faults));
        Assert.Null(settings);
        return faults;
    }

    private static IConfiguration Configuration((string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

    private sealed class HostEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "ordercenter";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
