using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Domain.Statistics;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Refusals;

/// <summary>Writes refused receipts, one batch at a time. What is refused while a batch is written waits for the next one, equal refusals
/// as one row, so that a flood of refusals makes few writes, takes bounded memory and delays nobody whose receipt is good.</summary>
public sealed partial class RefusedReceiptWriter(Database database, OrderMetrics metrics, ILogger<RefusedReceiptWriter> log)
{
    /// <summary>How many different refusals wait for the next batch. Those beyond it are only logged and counted.</summary>
    private const int WaitingMax = 1024;

    private readonly Lock _lock = new();
    private Batch? _waiting;
    private Task _last = Task.CompletedTask;

    /// <summary>Ends when the refusal is written, or could not be: a failed write must not change the answer to the caller.</summary>
    public Task WriteAsync(RefusedReceipt refused)
    {
        lock (_lock)
        {
            if (_waiting is null)
            {
                _waiting = new Batch();
                _last = WriteAsync(_waiting, _last);
            }
            if (!_waiting.TryAdd(refused))
            {
                metrics.Count("refusalNotKept");
                return Task.CompletedTask;
            }
            return _last;
        }
    }

    private async Task WriteAsync(Batch batch, Task previous)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _waiting = null;
        }
        await Task.WhenAll(batch.All.Select(TryWriteAsync));
    }

    private async Task TryWriteAsync(RefusedReceipt refused)
    {
        try
        {
            await database.UpkeepAsync(
                async transaction =>
                {
                    if (await OrderTable.FindAsync(transaction, refused.OrderId) is { Order.GameId: var gameId })
                    {
                        await RefusedReceiptTable.SaveAsync(transaction, gameId, refused);
                        ChangeTable.Note(transaction, gameId, new RefusalFigure(refused.FirstMs, refused.Channel, refused.Count));
                    }
                    return true;
                },
                CancellationToken.None);
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            metrics.Count("refusalNotKept");
            LogNotWritten(log, refused.OrderId, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "order {OrderId}: the refused receipt could not be recorded: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, OrderId orderId, string reason);

    /// <summary>The refusals of one write, without repetitions.</summary>
    private sealed class Batch
    {
        private readonly Dictionary<RefusedReceipt, RefusedReceipt> _refused = [];

        public IEnumerable<RefusedReceipt> All => _refused.Values;

        /// <returns>False: it is full.</returns>
        public bool TryAdd(RefusedReceipt refused)
        {
            var key = refused with { FirstMs = 0, LastMs = 0 };
            if (_refused.TryGetValue(key, out var known))
            {
                _refused[key] = known with { LastMs = refused.LastMs, Count = known.Count + refused.Count };
                return true;
            }
            return _refused.Count < WaitingMax && _refused.TryAdd(key, refused);
        }
    }
}
