using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What came of an order that is created and paid at once.</summary>
public abstract record CreatePaidOutcome
{
    private CreatePaidOutcome()
    {
    }

    public sealed record Paid(Order Order) : CreatePaidOutcome;

    /// <summary>The same order number with the same content: the first order. Nothing was charged.</summary>
    public sealed record Repeated(OrderId OrderId) : CreatePaidOutcome;

    /// <summary>The same order number with other content.</summary>
    public sealed record Different(OrderId OrderId) : CreatePaidOutcome;

    /// <summary>The charge was refused; nothing was recorded.</summary>
    public sealed record NotCharged : CreatePaidOutcome;
}

/// <summary>Takes an order's money from an account of our own, in the order's own transaction. False: it does not suffice, and nothing was done.</summary>
public delegate ValueTask<bool> Charge(Transaction transaction, Order order);

public sealed partial class OrderBook
{
    /// <summary>Records an order, charges it and marks it paid, with whatever follows from that, in one transaction: there is no paid order without its
    /// charge and no charge without its order.</summary>
    /// <param name="app">The game's app.</param>
    /// <param name="asked">The order; its channel is the account that is charged.</param>
    /// <param name="charge">Takes the money.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<CreatePaidOutcome> CreatePaidAsync(App app, NewOrder asked, Charge charge, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint(asked.Content);
        for (var draw = 0; draw < RacesMax; draw++)
        {
            var order = ToOrder(app, asked, NowMs);
            var payment = new Payment
            {
                Channel = asked.Channel!,
                Environment = Payment.Production,
                TransactionId = order.Id.Value,
                ProductId = asked.ProductId,
                Quantity = asked.Quantity,
                Money = asked.Money,
                Currency = asked.Currency,
                PurchasedMs = order.CreatedMs,
            };
            var outcome = await store.WriteAsync(transaction => TryCreatePaidAsync(transaction, app, order, asked.MerchantOrderId, fingerprint, payment, charge), cancellationToken);
            if (outcome is CreatePaidOutcome.Paid { Order: var paid })
            {
                metrics.Count("created");
                metrics.Count("paid");
                LogCreated(log, paid.Id, paid.GameId, paid.ProductId, paid.Money, paid.Currency);
                LogPaid(log, paid.Id, payment.Channel, payment.TransactionId, payment.Environment, paid.State.Progress);
            }
            if (outcome is not null)
            {
                return outcome;
            }
        }
        throw new StoreBusyException($"no free order number was found in {RacesMax} draws; raise orderIdRandomDigits of app {app.GameId}");
    }

    /// <summary>What a create would answer from what is there already, without making an order; null: it would make one.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public Task<CreateOutcome?> FindCreatedAsync(App app, NewOrder asked, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint(asked.Content);
        return store.ReadAsync<CreateOutcome?>(
            async transaction => await OrderTable.FindKeyAsync(transaction, app.GameId, asked.MerchantOrderId!) switch
            {
                null => null,
                { } holder when holder.Fingerprint == fingerprint => new CreateOutcome.Repeated(holder.OrderId),
                { } holder => new CreateOutcome.Different(holder.OrderId),
            },
            cancellationToken);
    }

    /// <returns>Null: the drawn number is taken; draw again.</returns>
    private async ValueTask<CreatePaidOutcome?> TryCreatePaidAsync(
        Transaction transaction, App app, Order order, string? key, string fingerprint, Payment payment, Charge charge)
    {
        // 1. The order, or the one that has its number already.
        switch (await TryCreateAsync(transaction, order, key, fingerprint))
        {
            case null:
                return null;
            case CreateOutcome.Repeated repeated:
                return new CreatePaidOutcome.Repeated(repeated.OrderId);
            case CreateOutcome.Different different:
                return new CreatePaidOutcome.Different(different.OrderId);
        }

        // 2. Its money; without it there was no order.
        if (!await charge(transaction, order))
        {
            await OrderTable.DeleteAsync(transaction, order.Id);
            if (key is not null)
            {
                await OrderTable.DeleteKeyAsync(transaction, order.GameId, key, order.Id);
            }
            return new CreatePaidOutcome.NotCharged();
        }

        // 3. Paid, and what follows. The order is this transaction's own and so is its payment's name: nothing else can have come of it.
        ChangeTable.NoteCreated(transaction, order);
        return await TryApplyAsync(transaction, app, order.Id, payment, lateKey: null, order.CreatedMs) is SettleOutcome.Paid paid
            ? new CreatePaidOutcome.Paid(paid.Order)
            : throw new InvalidOperationException($"order {order.Id} was charged and could not be paid");
    }
}
