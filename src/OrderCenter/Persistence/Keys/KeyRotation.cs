using OrderCenter.Domain;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Persistence.Keys;

/// <summary>Seals what is stored under old master keys anew under the present one, a bounded step at a time, while the service runs. It
/// keeps no position: what is done is passed over, so it may be stopped and run again at any time, and several at once harm
/// nothing.</summary>
public sealed class KeyRotation(Database database, Vault vault, IEnumerable<SealedColumn> columns, TimeProvider clock)
{
    private const int WriteRows = 100;

    /// <summary>Nodes that still seal under an old key write behind a pass: so many passes at most.</summary>
    private const int PassesMax = 5;

    private const int BusyMax = 20;
    private static readonly TimeSpan s_busyWait = TimeSpan.FromSeconds(1);

    /// <summary>Counts the texts of each key; writes nothing.</summary>
    /// <param name="progress">Called after each step with the column and how many of its rows were read.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="DatabaseBusyException">The database stayed busy for 20 s.</exception>
    public Task<KeyReport> CountAsync(Action<string, long> progress, CancellationToken cancellationToken) =>
        PassAsync(isWriting: false, progress, cancellationToken);

    /// <summary>Seals everything under the present master key.</summary>
    /// <param name="progress">As for <see cref="CountAsync"/>.</param>
    /// <param name="cancellationToken">Stops between two steps; what was done stays.</param>
    /// <returns>What a last pass has found that had nothing to write, or the fifth one; with the sum of what was sealed anew.</returns>
    /// <exception cref="DatabaseBusyException">The database stayed busy for 20 s; what was done stays.</exception>
    public async Task<KeyReport> RotateAsync(Action<string, long> progress, CancellationToken cancellationToken)
    {
        var resealed = 0L;
        KeyReport report;
        var pass = 0;
        do
        {
            report = await PassAsync(isWriting: true, progress, cancellationToken);
            resealed += report.Resealed;
        }
        while (++pass < PassesMax && report.Resealed + report.Missed > 0);
        if (resealed > 0)
        {
            var fact = new AuditFact("keys.rotate", GameId: null, vault.KeyId) { After = $"{resealed} texts sealed anew" };
            await RetryAsync(
                () => database.WriteAsync(
                    transaction =>
                    {
                        AuditTrail.Append(transaction, fact, clock.NowMs());
                        return ValueTask.FromResult(true);
                    },
                    cancellationToken),
                cancellationToken);
        }
        report.Resealed = resealed;
        return report;
    }

    private async Task<KeyReport> PassAsync(bool isWriting, Action<string, long> progress, CancellationToken cancellationToken)
    {
        var report = new KeyReport();
        foreach (var column in columns)
        {
            IReadOnlyList<object>? after = null;
            var rows = 0L;
            do
            {
                var from = after;
                var page = await RetryAsync(
                    () => database.SearchAsync(
                        transaction => column.PageAsync(transaction, from, vault.KeyId, column.StepRows), cancellationToken),
                    cancellationToken);
                foreach (var old in OpenOld(column, page, report).Chunk(WriteRows))
                {
                    await TakeAsync(column, old, report, isWriting, cancellationToken);
                }
                after = page.Count == column.StepRows ? page[^1].Key : null;
                rows += page.Count;
                progress(column.ToString(), rows);
            }
            while (after is not null);
        }
        return report;
    }

    /// <summary>Counts what is sealed under the present key, and opens what is not.</summary>
    private List<OldText> OpenOld(SealedColumn column, List<SealedRow> page, KeyReport report)
    {
        var old = new List<OldText>();
        foreach (var row in page)
        {
            if (row.Text is not { } text)
            {
                continue;
            }
            if (text.Length == 0)
            {
                report.Add(vault.KeyId, column);
                continue;
            }
            if (column.Extract(text) is not { } sealedText || Vault.KeyIdOf(sealedText) is not { } keyId)
            {
                continue;
            }
            try
            {
                old.Add(new OldText(row, keyId, column.Open(vault, row, sealedText)));
            }
            catch (DatabaseUnavailableException fault)
            {
                // The answer of a receiver may look like a sealed text; it never was one.
                if (!column.MayHoldOther)
                {
                    report.Add(keyId, column);
                    report.AddUnreadable($"{column}: {fault.Message}");
                }
            }
        }
        return old;
    }

    private async Task TakeAsync(
        SealedColumn column, OldText[] old, KeyReport report, bool isWriting, CancellationToken cancellationToken)
    {
        var done = isWriting
            ? await RetryAsync(
                () => database.UpkeepAsync(transaction => ResealAsync(transaction, column, old), cancellationToken), cancellationToken)
            : new bool[old.Length];
        for (var i = 0; i < old.Length; i++)
        {
            report.Add(done[i] ? vault.KeyId : old[i].KeyId, column);
            report.Resealed += done[i] ? 1 : 0;
            report.Missed += isWriting && !done[i] ? 1 : 0;
        }
    }

    private async ValueTask<bool[]> ResealAsync(Transaction transaction, SealedColumn column, OldText[] old)
    {
        await column.LockAsync(transaction);

        // All begin before the first is awaited, so that they share a round trip.
        var writes = Array.ConvertAll(old, text => column.ResealAsync(transaction, vault, text.Row, text.Plain).AsTask());
        var done = new bool[writes.Length];
        for (var i = 0; i < writes.Length; i++)
        {
            done[i] = await writes[i];
        }
        return done;
    }

    /// <summary>A step that met a full queue or a locked row is made again.</summary>
    private async Task<T> RetryAsync<T>(Func<Task<T>> stepAsync, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await stepAsync();
            }
            catch (DatabaseBusyException) when (attempt < BusyMax)
            {
                await Task.Delay(s_busyWait, clock, cancellationToken);
            }
        }
    }

    private sealed record OldText(SealedRow Row, string KeyId, string Plain);
}
