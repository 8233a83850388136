using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Support;

/// <summary>A private PostgreSQL: made by initdb in a temporary directory, on a free port of 127.0.0.1, stopped and removed when the tests end. The server refuses to
/// run as root; then it runs as the user that the Debian package made.</summary>
public sealed class PostgresCluster : IDisposable
{
    private const int ConnectionsMax = 600;
    private static readonly Lazy<PostgresCluster> SharedCluster = new(() => new PostgresCluster());
    private static long s_databases;

    private readonly string _directory;
    private readonly int _port;

    public PostgresCluster()
    {
        _directory = Directory.CreateTempSubdirectory("ordercenter-pg-").FullName;
        _port = FreePort();
        if (IsRoot)
        {
            Run("chown", "postgres", _directory);
        }
        Run(Binary("initdb"), "-D", Data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>One for all tests that want a database and not the server itself.</summary>
    public static PostgresCluster Shared => SharedCluster.Value;

    public static bool IsInstalled => FindBinary("initdb") is not null;

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_directory, "data");

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public string NewDatabase()
    {
        var name = "t" + Interlocked.Increment(ref s_databases) + "_" + Environment.ProcessId;
        using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=false");
        connection.Open();
#pragma warning disable CA2100 // A number of this class's own.
        using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
        create.ExecuteNonQuery();
        return $"Host=127.0.0.1;Port={_port};Username=postgres;Database={name};Maximum Pool Size=20";
    }

    public void Start() => Run(
        Binary("pg_ctl"), "-D", Data, "-w", "-l", Path.Combine(_directory, "log"), "-o",
        $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_directory} -c max_connections={ConnectionsMax} -c shared_buffers=64MB", "start");

    /// <param name="mode"><c>fast</c> or <c>immediate</c>.</param>
    public void Stop(string mode) => Run(Binary("pg_ctl"), "-D", Data, "-w", "-m", mode, "stop");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            try
            {
                Stop("immediate");
            }
            catch (InvalidOperationException)
            {
                // A test had stopped it already.
            }
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>Copies a database into a new one by PostgreSQL's own dump and restore, while it is used.</summary>
    /// <returns>The new one's connection string.</returns>
    public string Copy(string connectionString)
    {
        var file = Path.Combine(_directory, "dump-" + Interlocked.Increment(ref s_databases));
        var copy = NewDatabase();
        string[] at = ["-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres"];
        Run(Binary("pg_dump"), [.. at, "-Fc", "-f", file, new NpgsqlConnectionStringBuilder(connectionString).Database!]);
        Run(Binary("pg_restore"), [.. at, "--exit-on-error", "-d", new NpgsqlConnectionStringBuilder(copy).Database!, file]);
        return copy;
    }

    private static string Binary(string name) => FindBinary(name) ?? throw new InvalidOperationException($"{name} is missing: apt-get install postgresql");

    private static string? FindBinary(string name) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse() : [])
        .Select(version => Path.Combine(version, "bin", name))
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string command, params string[] arguments)
    {
        string[] line = IsRoot && command != "chown" ? ["runuser", "-u", "postgres", "--", command, .. arguments] : [command, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", RedirectStandardError = false, UseShellExecute = false };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', line)} ended with {process.ExitCode}");
        }
    }
}

/// <summary>Where a test's data is: SQLite in a directory of its own, or a database of its own in <see cref="PostgresCluster.Shared"/>, as
/// <c>ORDERCENTER_TESTS_ENGINE</c> says, so that the whole suite runs on both.</summary>
public sealed class TestDatabase : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-test-").FullName;

    public TestDatabase()
    {
        Engine = Environment.GetEnvironmentVariable("ORDERCENTER_TESTS_ENGINE") is "postgres" ? "postgres" : "sqlite";
        ConnectionString = Engine == "postgres" ? PostgresCluster.Shared.NewDatabase() : $"Data Source={Path.Combine(_directory, "test.db")}";
    }

    private TestDatabase(string engine, Func<string, string> connectionOf) =>
        (Engine, ConnectionString) = (engine, connectionOf(_directory));

    /// <summary>PostgreSQL's copy of a database, as it is restored.</summary>
    public static TestDatabase CopyOf(TestDatabase other) => new(other.Engine, _ => PostgresCluster.Shared.Copy(other.ConnectionString));

    /// <summary>A SQLite file that was put there.</summary>
    public static TestDatabase OfFile(string file) => new("sqlite", directory =>
    {
        var path = Path.Combine(directory, "restored.db");
        File.Copy(file, path);
        return $"Data Source={path}";
    });

    public string Engine { get; }

    public string ConnectionString { get; }

    public DatabaseOptions Options => new(Engine, ConnectionString);

    /// <summary>As settings on a command line.</summary>
    public string[] Arguments => [$"--Storage:Engine={Engine}", $"--ConnectionStrings:OrderCenter={ConnectionString}"];

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
