using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderCenter.Hosting;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A setting that nobody reads stops the start where it can only have been meant for this service, and one line says with what it started.</summary>
public sealed class UnknownSettingsTests
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "Storage:Engine", "Storage:Distribute", "ConnectionStrings:OrderCenter", "Admin:Token", "Secrets:MasterKey", "ForwardedHeaders:KnownNetworks", "Roles:Api", "PublicUrl",
    };

    [Theory]
    [InlineData("Storage__Engin", "Storage:Engin is unknown; the nearest is Storage:Engine")]
    [InlineData("Storag__Engine", "Storag:Engine is unknown; the nearest is Storage:Engine")]
    [InlineData("STORGAE__ENGINE", "STORGAE:ENGINE is unknown; the nearest is Storage:Engine")]
    [InlineData("Storage__Engine__Name", "Storage:Engine:Name is unknown; the nearest is Storage:Engine")]
    [InlineData("Admin__Tokne", "Admin:Tokne is unknown; the nearest is Admin:Token")]
    [InlineData("Secret__MasterKey", "Secret:MasterKey is unknown; the nearest is Secrets:MasterKey")]
    [InlineData("ConnectionString__OrderCenter", "ConnectionString:OrderCenter is unknown; the nearest is ConnectionStrings:OrderCenter")]
    [InlineData("ConnectionStrings__OrderCentre", "ConnectionStrings:OrderCentre is unknown; the nearest is ConnectionStrings:OrderCenter")]
    [InlineData("ForwardedHeader__KnownNetworks", "ForwardedHeader:KnownNetworks is unknown; the nearest is ForwardedHeaders:KnownNetworks")]
    [InlineData("ForwardedHeaders__KnownNetwork", "ForwardedHeaders:KnownNetwork is unknown; the nearest is ForwardedHeaders:KnownNetworks")]
    public void A_misspelt_setting_in_the_environment_is_a_fault_that_names_the_nearest(string name, string fault) =>
        Assert.Equal(fault, Assert.Single(InEnvironment((name, "postgres"))));

    [Theory]
    [InlineData("Storage__Engine")]
    [InlineData("STORAGE__ENGINE")]
    [InlineData("ForwardedHeaders__KnownNetworks__0")]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("STORAGE")]
    [InlineData("Storage_Engin")]
    [InlineData("PUBLIC_URL")]
    [InlineData("PublicUr")]
    [InlineData("ADMIN_TOKEN")]
    [InlineData("DOTNET_gcServer")]
    [InlineData("ASPNETCORE_ENVIRONMENT")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("Logging__LogLevel__Some.Category")]
    [InlineData("Kestrel__Limits__MaxConcurrentConnections")]
    [InlineData("__CF_USER_TEXT_ENCODING")]
    [InlineData("GITHUB__TOKEN")]
    [InlineData("Serilog__MinimumLevel")]
    [InlineData("ConnectionStrings__OrderCenter_ProviderName")]
    [InlineData("BASH_FUNC_which%%")]
    public void The_rest_of_the_environment_is_nobodys_fault(string name) => Assert.Empty(InEnvironment((name, "x")));

    [Theory]
    [InlineData("--Storage:Engin=postgres", "Storage:Engin is unknown; the nearest is Storage:Engine")]
    [InlineData("--Storage__Engine=postgres", "Storage__Engine is unknown; the nearest is Storage:Engine")]
    [InlineData("--Storage=postgres", "Storage is unknown; the nearest is Storage:Engine")]
    [InlineData("--url=http://127.0.0.1:0", "url is unknown; the nearest is urls")]
    [InlineData("--Loging:LogLevel:Default=Debug", "Loging:LogLevel:Default is unknown; the nearest is ")]
    [InlineData("--PublicUr=https://a", "PublicUr is unknown; the nearest is PublicUrl")]
    [InlineData("--anything=at all", "anything is unknown; the nearest is ")]
    public void Everything_on_the_command_line_has_to_be_known(string argument, string fault) =>
        Assert.StartsWith(fault, Assert.Single(UnknownSettings.Find(new ConfigurationBuilder().AddCommandLine([argument]).Build(), Known)), StringComparison.Ordinal);

    [Fact]
    public void What_the_host_reads_may_stand_on_the_command_line()
    {
        string[] args = ["--urls=http://127.0.0.1:0", "--environment", "Production", "--Logging:LogLevel:Default=Warning", "--Kestrel:Limits:MaxRequestLineSize=9000",
            "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", "--publicurl=https://a", "storage:engine=sqlite", "/Roles:Api=true"];
        Assert.Empty(UnknownSettings.Find(new ConfigurationBuilder().AddCommandLine(args).Build(), Known));
        Assert.Empty(UnknownSettings.FindArguments(args));
    }

    [Theory]
    [InlineData("postgres is unknown; allowed: --Name:Of:Setting=value", "--Storage:Engine=postgres", "postgres")]
    [InlineData("-v is unknown; allowed: --Name:Of:Setting=value", "-v")]
    [InlineData("--Storage:Engine has no value; allowed: --Name:Of:Setting=value", "--Storage:Engine")]
    public void An_argument_that_nobody_would_read_is_a_fault(string fault, params string[] args) => Assert.Equal(fault, Assert.Single(UnknownSettings.FindArguments(args)));

    [Fact]
    public void A_file_of_settings_is_judged_like_the_environment_and_its_plain_names_too()
    {
        var file = new Dictionary<string, string?> { ["PublicUr"] = "https://a", ["Storage:Engin"] = "postgres", ["AllowedHosts"] = "*", ["Logging:Console:FormatterName"] = "json", ["Mine:Own"] = "x" };
        Assert.Equal(
            ["PublicUr is unknown; the nearest is PublicUrl", "Storage:Engin is unknown; the nearest is Storage:Engine"],
            UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection(file).Build(), Known).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_with_line_ends_makes_one_short_line_and_values_are_never_told()
    {
        var fault = Assert.Single(UnknownSettings.Find(new ConfigurationBuilder().AddInMemoryCollection([new("Admin:Tok\n" + new string('x', 5000), "hunter2")]).Build(), Known));
        Assert.True(fault.Length < 250 && !fault.Any(char.IsControl) && !fault.Contains("hunter2", StringComparison.Ordinal), fault);
    }

    [Fact]
    public async Task The_service_does_not_start_with_a_misspelt_setting()
    {
        var (exit, output) = await ServerProcess.RunAsync(("Storage__Engin", "postgres"));
        Assert.Equal(1, exit);
        Assert.Equal("setting Storage:Engin is unknown; the nearest is Storage:Engine", output.Trim());
    }

    [Theory]
    [InlineData("sqlite", "Data Source=/var/lib/x.db;Password=hunter2", "/var/lib/x.db")]
    [InlineData("sqlite", "Filename=/var/lib/x.db", "/var/lib/x.db")]
    [InlineData("postgres", "Host=db;Username=oc;Password=hunter2;Database=orders;SSL Mode=Require", "Host=db;Database=orders;Username=oc")]
    [InlineData("postgres", "Server=db;Port=6432;User Id=oc;PWD=hunter2;SSL Password=hunter2", "Host=db;Port=6432;Username=oc")]
    [InlineData("postgres", "Host=db;Passfile=/hunter2;Password='a;Database=hunter2'", "Host=db")]
    public void A_database_is_told_without_its_password(string engine, string connectionString, string told) =>
        Assert.Equal(told, StartupSummary.Database(new DatabaseOptions(engine, connectionString, false)));

    [Fact]
    public async Task One_line_says_version_engine_database_addresses_and_roles()
    {
        using var database = new TestDatabase();
        using var lines = new Lines();
        string[] args =
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Admin:Token=" + Service.Token, "--Secrets:MasterKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "--Roles:Callbacks=false", .. database.Arguments,
        ];
        await using var app = Program.Build(args, services => services.AddSingleton<ILoggerProvider>(lines))!;
        await app.StartAsync(TestContext.Current.CancellationToken);
        var line = Assert.Single(lines.All, line => line.StartsWith("OrderCenter ", StringComparison.Ordinal));
        Assert.Matches(@"^OrderCenter \d+\.\d+\.\d+ started: engine (sqlite|postgres), database \S+, listening on http://127\.0\.0\.1:[1-9]\d*, roles api$", line);
        Assert.Contains(StartupSummary.Database(database.Options), line, StringComparison.Ordinal);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private static List<string> InEnvironment(params (string Name, string Value)[] variables) =>
        [.. UnknownSettings.Find(new ConfigurationRoot([new Variables(variables)]), Known)];

    /// <summary>The environment's provider, with variables that the process does not have.</summary>
    private sealed class Variables((string Name, string Value)[] variables) : EnvironmentVariablesConfigurationProvider
    {
        public override void Load() =>
            Data = variables.ToDictionary(variable => variable.Name.Replace("__", ":", StringComparison.Ordinal), variable => (string?)variable.Value, StringComparer.OrdinalIgnoreCase);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
