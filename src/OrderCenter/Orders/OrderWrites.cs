using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Orders;

/// <summary>Runs work items that read an order and change it only if it is still as it was read.</summary>
internal static class OrderWrites
{
    /// <summary>How often a work item is run before its caller is told to try later.</summary>
    public const int AttemptsMax = 16;

    /// <summary>Runs a work item until it returns an outcome. Null: another writer changed the order first, and it must be read again. The
    /// id only names the order in the exception.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait, or too many change the order at once; nothing was
    /// done.</exception>
    public static async Task<T> WriteOrderAsync<T>(
        this Database database, OrderId id, Func<Transaction, ValueTask<T?>> work, CancellationToken cancellationToken)
        where T : class => await WriteAsync(database, work, cancellationToken) ?? throw Busy($"order {id}");

    /// <summary>The same for a work item that may use an order which its caller has already read. It gets that order until it has run in a
    /// batch that is not optimistic; from then on it gets null and must read the order.</summary>
    public static Task<T> WriteOrderAsync<T>(
        this Database database, OrderId id, Order? read, Func<Transaction, Order?, ValueTask<T?>> work, CancellationToken cancellationToken)
        where T : class =>
        database.WriteOrderAsync(
            id,
            transaction =>
            {
                var known = read;
                read = transaction.IsOptimistic ? read : null;
                return work(transaction, known);
            },
            cancellationToken);

    /// <summary>The same for a work item that finds its order by a payment, which only names it in the exception.</summary>
    public static async Task<T> WriteOrderOfAsync<T>(
        this Database database, Payment payment, Func<Transaction, ValueTask<T?>> work, CancellationToken cancellationToken)
        where T : class =>
        await WriteAsync(database, work, cancellationToken) ?? throw Busy($"the order of payment {payment.TransactionId}");

    private static async Task<T?> WriteAsync<T>(
        Database database, Func<Transaction, ValueTask<T?>> work, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (await database.WriteAsync(work, cancellationToken) is { } outcome)
            {
                return outcome;
            }
        }
        return null;
    }

    private static DatabaseBusyException Busy(string what) => new($"{what} is being changed by too many at once; try again");
}
