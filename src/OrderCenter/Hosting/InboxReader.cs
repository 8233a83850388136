using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Reads notifications as they are kept.</summary>
internal sealed class InboxReader(Inbox inbox) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await inbox.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; what was not read yet is read after the next start.
        }
    }
}
