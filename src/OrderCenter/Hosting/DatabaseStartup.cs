using OrderCenter.Apps;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>Opens the database and loads the apps before the first request. The service container closes the database after the last
/// one.</summary>
internal sealed class DatabaseStartup(Database database, AppCatalog apps) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        await apps.LoadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
