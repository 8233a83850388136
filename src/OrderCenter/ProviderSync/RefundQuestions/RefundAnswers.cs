using System.Diagnostics.CodeAnalysis;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Persistence;

namespace OrderCenter.ProviderSync.RefundQuestions;

/// <summary>Answers the questions of stores about refunds: by the app's settings, or as a person says. What nobody answers in time the
/// store decides by itself, and an operator is alarmed.</summary>
public sealed partial class RefundAnswers(
    Database database, RefundQuestionStore questions, ConsumedShares shares, AppCatalog apps, ChannelRegistry channels,
    ManualActions actions, OrderMetrics metrics, TimeProvider clock, ILogger<RefundAnswers> log)
{
    private const int ClaimMax = 32;
    private const long LeaseMs = 5 * 60 * 1000;
    private const long RetryMinMs = 10 * 1000;
    private const long RetryMaxMs = 15 * 60 * 1000;
    private const string Settings = "settings";

    /// <summary>Answers what is due, a bounded number.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (nowMs, untilMs, overMs) = (clock.NowMs(), database.Leases.NowMs + LeaseMs, database.Leases.OverMs);
        var due = await database.UpkeepAsync(
            transaction => RefundQuestionTable.ClaimAsync(transaction, nowMs, untilMs, overMs, ClaimMax), cancellationToken);
        for (var i = 0; i < due.Count; i++)
        {
            try
            {
                await AnswerAsync(due[i], cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The service stops: the next node, or the next start, answers the rest at once.
                await Task.WhenAll(due.Skip(i).Select(question => database.WriteAsync(
                    transaction => RefundQuestionTable.ReleaseAsync(transaction, question), CancellationToken.None)));
                throw;
            }
        }
        return due.Count == ClaimMax;
    }

    /// <summary>Gives the store a person's answer about an order, whatever the app's settings say.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait; the store was not called.</exception>
    public async Task<RefundAnswerOutcome> AnswerAsync(
        App app, Order order, RefundAnswer answer, AuditContext by, CancellationToken cancellationToken)
    {
        var stored = await database.ReadAsync(
            transaction => RefundQuestionTable.FindOpenAsync(transaction, order.Id), cancellationToken);
        if (stored is null || stored.GameId != app.GameId || clock.NowMs() >= stored.DeadlineMs)
        {
            return new RefundAnswerOutcome.NotAllowed("no store waits for an answer about a refund of this order");
        }
        if (channels.Find(stored.Channel)?.RefundReviewer is not { } reviewer)
        {
            return new RefundAnswerOutcome.NotAllowed($"channel {stored.Channel} is not installed");
        }
        if (reviewer.NeedsConsent && !answer.IsConsented)
        {
            return new RefundAnswerOutcome.NotAllowed($"{stored.Channel} takes an answer only with customerConsented true");
        }
        var said = RefundPreferences.NameOf(answer.Preference);
        await actions.RecordAuditOnlyAsync(order, $"refund question answered: {said}", by, cancellationToken);

        // From here on the store may have the answer: the result is recorded whether the caller still waits or not.
        var question = await questions.OpenAsync(stored, CancellationToken.None);
        answer = answer with { ConsumedShare = answer.ConsumedShare ?? await shares.FindAsync(order.Id, CancellationToken.None) };
        switch (await reviewer.AnswerAsync(app, question, answer, CancellationToken.None))
        {
            case RefundResult.TryLater later:
                return new RefundAnswerOutcome.TryLater(later.Reason);
            case RefundResult.Refused refused:
                await EndAsync(stored, RefundQuestionState.Refused, answer.Preference, by.Actor, refused.Reason);
                return new RefundAnswerOutcome.NotAllowed(refused.Reason);
            default:
                await EndAsync(stored, RefundQuestionState.Answered, answer.Preference, by.Actor, said);
                return new RefundAnswerOutcome.Done();
        }
    }

    private async Task AnswerAsync(StoredRefundQuestion stored, CancellationToken cancellationToken)
    {
        if (clock.NowMs() >= stored.DeadlineMs)
        {
            metrics.Count("refundQuestionExpired");
            LogExpired(log, stored.Channel, stored.GameId, stored.OrderId?.Value ?? "-");
            await EndAsync(stored, RefundQuestionState.Expired, preference: null, by: null, "nobody answered in time");
            return;
        }
        var result = await TryAnswerAsync(stored, cancellationToken);
        if (result is RefundResult.TryLater later)
        {
            var dueMs = clock.NowMs() + Math.Min(RetryMinMs << Math.Min(stored.Attempts - 1, 10), RetryMaxMs);
            LogFailed(log, stored.Channel, stored.GameId, stored.OrderId?.Value ?? "-", later.Reason);
            await database.WriteAsync(
                transaction => RefundQuestionTable.PostponeAsync(
                    transaction, stored, Math.Min(dueMs, stored.DeadlineMs), later.Reason),
                CancellationToken.None);
            return;
        }
        var preference = (RefundPreference)stored.Preference!;
        var said = RefundPreferences.NameOf(preference);
        if (result is RefundResult.Refused refused)
        {
            await EndAsync(stored, RefundQuestionState.Refused, preference, Settings, refused.Reason);
            return;
        }
        metrics.Count("refundQuestionAnswered");
        LogAnswered(log, stored.Channel, stored.GameId, stored.OrderId?.Value ?? "-", said);
        await EndAsync(stored, RefundQuestionState.Answered, preference, Settings, said);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "One question that cannot be answered must not keep the others from being answered; the fault is logged and it is tried again.")]
    private async Task<RefundResult> TryAnswerAsync(StoredRefundQuestion stored, CancellationToken cancellationToken)
    {
        if (stored.Preference is not { } preference || apps.Find(stored.GameId) is not { } app
            || channels.Find(stored.Channel)?.RefundReviewer is not { } reviewer)
        {
            return new RefundResult.TryLater("the app has not configured the channel any more");
        }
        try
        {
            var question = await questions.OpenAsync(stored, cancellationToken);
            var answer = new RefundAnswer((RefundPreference)preference, IsConsented: true)
            {
                ConsumedShare = stored.OrderId is { } id ? await shares.FindAsync(id, cancellationToken) : null,
            };
            return await reviewer.AnswerAsync(app, question, answer, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            LogFault(log, stored.Channel, stored.GameId, fault);
            return new RefundResult.TryLater("a fault of ours: " + fault.Message);
        }
    }

    private Task EndAsync(
        StoredRefundQuestion stored, RefundQuestionState state, RefundPreference? preference, string? by, string outcome) =>
        database.WriteAsync(
            transaction => RefundQuestionTable.EndAsync(transaction, stored, state, preference, by, outcome, clock.NowMs()),
            CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Channel} asked game {GameId} whether to refund order {OrderId}; answered by the settings: {Preference}")]
    private static partial void LogAnswered(ILogger logger, string channel, long gameId, string orderId, string preference);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Channel} asked game {GameId} whether to refund order {OrderId}; the answer failed and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string channel, long gameId, string orderId, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "ALARM: {Channel} asked game {GameId} whether to refund order {OrderId}, and nobody answered in time")]
    private static partial void LogExpired(ILogger logger, string channel, long gameId, string orderId);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "a question of {Channel} to game {GameId} could not be answered by a fault of this service")]
    private static partial void LogFault(ILogger logger, string channel, long gameId, Exception fault);
}
