using OrderCenter.Domain;
using OrderCenter.Domain.Products;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Orders.Creation;

/// <summary>Creates orders, unpaid or charged to an internal account at once. The merchant order id is the idempotency key: however often
/// and at once it is sent, there is one order.</summary>
public sealed class OrderCreation(
    Database database, PaymentWriter payments, ChannelRegistry channels, OrderTelemetry telemetry, TimeProvider clock)
{
    /// <summary>A hundred years.</summary>
    private const long NeverMinutes = 100L * 365 * 24 * 60;

    // These keys share a table with the merchant order ids. They are padded beyond the maximum length of a merchant order id, so that the
    // two never collide.
    private const string RequestKeyPrefix = "\u0001request:";
    private const string SignatureKeyPrefix = "\u0001signature:";
    private const int MerchantOrderIdMax = 256;

    private readonly OrderIdGenerator _ids = new();

    /// <summary>Creates an unpaid order, or finds the one that the same request has created before.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<CreateOutcome> CreateAsync(App app, NewOrder request, CancellationToken cancellationToken)
    {
        var keyText = request.MerchantOrderId ?? (request.RequestKey is { } requestKey ? Padded(RequestKeyPrefix, requestKey) : null);
        var key = keyText is null ? null : new IdempotencyKey(keyText, ContentFingerprint.Of(request.Content));
        var signature = request.Signature is { } signed
            ? new IdempotencyKey(Padded(SignatureKeyPrefix, signed.Sign), ContentFingerprint.Of(signed.Content))
            : null;
        var mismatch = app.Products.Fault(request.ProductId, request.Money, request.Currency, request.Quantity);
        if (mismatch is not null && app.PriceMismatch == PriceMismatch.Refuse)
        {
            return await FindCreatedAsync(app, key, cancellationToken) ?? new CreateOutcome.Refused(mismatch);
        }
        var queriedChannel = QueriedChannel(app, request.Channel);
        return await InsertWithNewIdAsync(
            app,
            request,
            order => database.WriteAsync(
                transaction => TryCreateAsync(transaction, order, key, signature, mismatch, queriedChannel), cancellationToken),
            (order, outcome) =>
            {
                if (outcome is CreateOutcome.Created)
                {
                    telemetry.Created(order);
                }
            });
    }

    /// <summary>Creates an order, charges it and marks it paid in one transaction: there is no paid order without its charge and no charge
    /// without its order. Its idempotency key is the merchant order id alone: <see cref="NewOrder.RequestKey"/> and
    /// <see cref="NewOrder.Signature"/> are not used.</summary>
    /// <param name="app">The game's app.</param>
    /// <param name="request">The order; its channel is the account that is charged.</param>
    /// <param name="debit">Takes the money.</param>
    /// <param name="cancellationToken">Stops the wait for the database.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<CreatePaidOutcome> CreatePaidAsync(App app, NewOrder request, DebitAccount debit, CancellationToken cancellationToken)
    {
        var key = request.MerchantOrderId is { } merchantOrderId
            ? new IdempotencyKey(merchantOrderId, ContentFingerprint.Of(request.Content))
            : null;
        // What is charged at once is delivered at once: there is nothing to hold.
        if (app.Products.Fault(request.ProductId, request.Money, request.Currency, request.Quantity) is { } mismatch)
        {
            return await FindCreatedAsync(app, key, cancellationToken) switch
            {
                CreateOutcome.Repeated repeated => new CreatePaidOutcome.Repeated(repeated.OrderId),
                CreateOutcome.Conflict conflict => new CreatePaidOutcome.Conflict(conflict.OrderId),
                _ => new CreatePaidOutcome.Refused(mismatch),
            };
        }
        return await InsertWithNewIdAsync(
            app,
            request,
            order => database.WriteAsync(transaction => TryCreatePaidAsync(transaction, app, order, key, debit), cancellationToken),
            (_, outcome) =>
            {
                if (outcome is CreatePaidOutcome.Paid { Order: var paid })
                {
                    telemetry.Created(paid);
                    telemetry.Paid(paid, PaymentOf(paid));
                }
            });
    }

    /// <summary>What <see cref="CreateAsync"/> would return for an order that exists already; null: it would create one. The request must
    /// have a merchant order id.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<CreateOutcome?> FindCreatedAsync(App app, NewOrder request, CancellationToken cancellationToken) => FindCreatedAsync(
        app, new IdempotencyKey(request.MerchantOrderId!, ContentFingerprint.Of(request.Content)), cancellationToken);

    private async Task<CreateOutcome?> FindCreatedAsync(App app, IdempotencyKey? key, CancellationToken cancellationToken) =>
        key is null
            ? null
            : await database.ReadAsync(
                async transaction =>
                    await OrderKeyTable.FindAsync(transaction, app.GameId, key.Text) is { } holder ? key.Compare(holder) : null,
                cancellationToken);

    /// <summary>Whether a signature has created an order of this app.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<bool> IsSignatureUsedAsync(App app, string sign, CancellationToken cancellationToken)
    {
        var key = Padded(SignatureKeyPrefix, sign);
        return database.ReadAsync(
            async transaction => await OrderKeyTable.FindAsync(transaction, app.GameId, key) is not null, cancellationToken);
    }

    /// <summary>The channel that is queried for the payment of a new order: one whose payments begin without us, so that nothing else
    /// begins the queries, and whose store knows our order id. Null: none is.</summary>
    private string? QueriedChannel(App app, string? channel) =>
        channels.Find(channel) is { Initiator: null, Query: { FindsByOrderId: true } query } && query.IsConfigured(app) ? channel : null;

    /// <summary>Inserts the order under a new id until one is free, and reports it.</summary>
    private async Task<T> InsertWithNewIdAsync<T>(App app, NewOrder request, Func<Order, Task<T?>> create, Action<Order, T> report)
        where T : class
    {
        for (var draw = 0; draw < OrderWrites.AttemptsMax; draw++)
        {
            var order = ToOrder(app, request, clock.NowMs());
            if (await create(order) is { } outcome)
            {
                report(order, outcome);
                return outcome;
            }
        }
        throw new DatabaseBusyException(
            $"no free order id was found in {OrderWrites.AttemptsMax} draws; raise orderIdRandomDigits of app {app.GameId}");
    }

    /// <returns>Null: the drawn id is taken; draw again.</returns>
    private static async ValueTask<CreateOutcome?> TryCreateAsync(
        Transaction transaction, Order order, IdempotencyKey? key, IdempotencyKey? signature, string? held, string? queriedChannel)
    {
        if (signature is not null
            && await OrderKeyTable.FindAsync(transaction, order.GameId, signature.Text) is { } used
            && used.Fingerprint != signature.Fingerprint)
        {
            return new CreateOutcome.SignatureReused(used.OrderId);
        }
        var outcome = await TryInsertAsync(transaction, order, key);
        if (outcome is not CreateOutcome.Created)
        {
            return outcome;
        }
        if (signature is not null
            && !await OrderKeyTable.InsertAsync(transaction, order.GameId, signature.Text, order.Id, signature.Fingerprint))
        {
            // Another order was created with this signature since it was looked for. Nobody has seen this order yet.
            await DeleteAsync(transaction, order, key);
            return new CreateOutcome.SignatureReused((await OrderKeyTable.FindAsync(transaction, order.GameId, signature.Text))!.OrderId);
        }
        if (queriedChannel is not null)
        {
            await PaymentLookupTable.InsertAsync(transaction, PaymentLookup.Of(order, queriedChannel, order.CreatedMs));
        }
        ChangeTable.NoteCreated(transaction, order);
        AuditTrail.Append(
            transaction,
            new AuditFact("order.create", order.GameId, order.Id.Value)
            {
                After = $"{order.ProductId}, {order.Money} {order.Currency}, player {order.UserId}",
            },
            order.CreatedMs);
        if (held is not null
            && !await OrderTable.MoveAsync(
                transaction, order, new OrderState(PayState.Unpaid, Progress.Review), held, deliveredMs: null, order.CreatedMs))
        {
            throw new InvalidOperationException($"order {order.Id} was created and could not be held");
        }
        return outcome;
    }

    /// <returns>Null: the drawn id is taken; draw again.</returns>
    private async ValueTask<CreatePaidOutcome?> TryCreatePaidAsync(
        Transaction transaction, App app, Order order, IdempotencyKey? key, DebitAccount debit)
    {
        // 1. The order, or the one that has its merchant order id already.
        switch (await TryInsertAsync(transaction, order, key))
        {
            case null:
                return null;
            case CreateOutcome.Repeated repeated:
                return new CreatePaidOutcome.Repeated(repeated.OrderId);
            case CreateOutcome.Conflict conflict:
                return new CreatePaidOutcome.Conflict(conflict.OrderId);
        }

        // 2. Its money; without it there is no order.
        if (!await debit(transaction, order))
        {
            await DeleteAsync(transaction, order, key);
            return new CreatePaidOutcome.NotCharged();
        }

        // 3. Paid, and the side effects. The order and its payment are new in this transaction, so nobody can have changed them.
        ChangeTable.NoteCreated(transaction, order);
        var confirmed = new ConfirmedPayment(app, order.Id, PaymentOf(order));
        return await payments.TryApplyAsync(transaction, confirmed, order.CreatedMs) is PaymentOutcome.Paid paid
            ? new CreatePaidOutcome.Paid(paid.Order)
            : throw new InvalidOperationException($"order {order.Id} was charged and could not be paid");
    }

    /// <returns>Null: the drawn id is taken; draw again.</returns>
    private static async ValueTask<CreateOutcome?> TryInsertAsync(Transaction transaction, Order order, IdempotencyKey? key)
    {
        if (key is null)
        {
            return await OrderTable.InsertAsync(transaction, order) ? new CreateOutcome.Created(order.Id) : null;
        }
        // The order is inserted before its key: if its id is taken, nothing has to be undone; if the key is taken, nobody has seen the new
        // order yet, and it can be deleted.
        if (await OrderKeyTable.FindAsync(transaction, order.GameId, key.Text) is { } holder)
        {
            return key.Compare(holder);
        }
        if (!await OrderTable.InsertAsync(transaction, order))
        {
            return null;
        }
        if (await OrderKeyTable.InsertAsync(transaction, order.GameId, key.Text, order.Id, key.Fingerprint))
        {
            return new CreateOutcome.Created(order.Id);
        }
        await OrderTable.DeleteAsync(transaction, order.Id);
        return key.Compare((await OrderKeyTable.FindAsync(transaction, order.GameId, key.Text))!);
    }

    /// <summary>Deletes what this same transaction inserted.</summary>
    private static async ValueTask DeleteAsync(Transaction transaction, Order order, IdempotencyKey? key)
    {
        if (key is not null)
        {
            await OrderKeyTable.DeleteAsync(transaction, order.GameId, key.Text, order.Id);
        }
        await OrderTable.DeleteAsync(transaction, order.Id);
    }

    private static string Padded(string prefix, string text) => prefix + text.PadRight(MerchantOrderIdMax);

    private static Payment PaymentOf(Order order) => new()
    {
        Channel = order.Channel!,
        Environment = Payment.Production,
        TransactionId = order.Id.Value,
        ProductId = order.ProductId,
        Quantity = order.Quantity,
        Money = order.Money,
        Currency = order.Currency,
        PurchasedMs = order.CreatedMs,
    };

    private Order ToOrder(App app, NewOrder request, long nowMs) => new()
    {
        Id = _ids.Draw(app.GameId, nowMs, app.OrderIdRandomDigits),
        GameId = app.GameId,
        MerchantOrderId = request.MerchantOrderId,
        ProductId = request.ProductId,
        ProductName = request.ProductName,
        Money = request.Money,
        Currency = request.Currency,
        UserId = request.UserId,
        Quantity = request.Quantity,
        Channel = request.Channel,
        NotifyUrl = request.NotifyUrl,
        Attributes = request.Attributes,
        CreatedMs = nowMs,
        ExpiresMs = nowMs + ((request.NeverExpires ? NeverMinutes : app.UnpaidExpiresMinutes) * 60_000L),
    };

    /// <summary>A key that creates or names one order, with a fingerprint of the content that belongs to it.</summary>
    private sealed record IdempotencyKey(string Text, string Fingerprint)
    {
        public CreateOutcome Compare(OrderKey existing) =>
            existing.Fingerprint == Fingerprint
                ? new CreateOutcome.Repeated(existing.OrderId)
                : new CreateOutcome.Conflict(existing.OrderId);
    }
}
