using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>Logs one line once the service listens: version, engine, database, addresses, roles.</summary>
internal sealed partial class StartupSummary(
    Settings settings, IServer server, IHostApplicationLifetime lifetime, ILogger<StartupSummary> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Log);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A database without its password: <c>Host=db;Database=ordercenter;Username=ordercenter</c>, or the whole path of a
    /// file.</summary>
    internal static string Database(DatabaseOptions database) => database.Engine == DatabaseOptions.Sqlite
        ? ConnectionParts.Find(database, ConnectionParts.SqliteFile) is { } file ? Path.GetFullPath(file) : ""
        : string.Join(
            ';',
            ConnectionParts.PostgresShown.Select(names => (Name: names[0], Value: ConnectionParts.Find(database, names)))
                .Where(part => part.Value is not null).Select(part => $"{part.Name}={part.Value}"));

    private void Log()
    {
        var addresses = string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        var roles = string.Join(
            ", ", new[] { settings.ServesApi ? "api" : null, settings.DeliversCallbacks ? "callbacks" : null }.OfType<string>());
        LogStarted(Version.Number, settings.Storage.Engine, Database(settings.Storage), addresses, roles);
    }

    [LoggerMessage(
        LogLevel.Information,
        "OrderCenter {Version} started: engine {Engine}, database {Database}, listening on {Addresses}, roles {Roles}")]
    private partial void LogStarted(string version, string engine, string database, string addresses, string roles);
}
