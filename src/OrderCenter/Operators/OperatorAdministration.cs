using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Operators;

/// <summary>Makes, changes and lists operators. Who makes them is limited to games or not: beyond his limit there is nobody.</summary>
public sealed class OperatorAdministration(Database database, Passwords passwords, TimeProvider clock)
{
    private const int AttemptsMax = 16;

    /// <summary>The operators that have nothing beyond the limit, newest first.</summary>
    public async Task<List<Operator>> ListAsync(GameLimit games, CancellationToken cancellationToken) =>
    [
        .. (await database.SearchAsync(OperatorTable.ListAsync, cancellationToken)).Where(one => games.Covers(one.Games)),
    ];

    /// <summary>Makes an operator with a first password.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<OperatorOutcome> CreateAsync(
        string name, Role role, GameLimit games, GameLimit maker, CancellationToken cancellationToken)
    {
        if (!maker.Covers(games))
        {
            return new OperatorOutcome.Beyond();
        }
        var password = Passwords.Draw();
        var nowMs = clock.NowMs();
        var one = new Operator
        {
            Name = name, Role = role, Games = games, PasswordHash = await passwords.HashAsync(password, cancellationToken),
            MustChangePassword = true, IsDisabled = false, Version = 1, CreatedMs = nowMs, UpdatedMs = nowMs,
        };
        return await database.WriteAsync<OperatorOutcome>(
            async transaction =>
            {
                if (await OperatorTable.CountAsync(transaction) >= OperatorTable.OperatorsMax)
                {
                    return new OperatorOutcome.TooMany();
                }
                if (!await OperatorTable.InsertAsync(transaction, one))
                {
                    return new OperatorOutcome.NameTaken();
                }
                AuditTrail.Append(transaction, new AuditFact("operator.create", GameId: null, name) { After = Text(one) }, nowMs);
                return new OperatorOutcome.Done(one, password);
            },
            cancellationToken);
    }

    /// <summary>Changes an operator; his sessions end.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait, or too many change him at once.</exception>
    public async Task<OperatorOutcome> ChangeAsync(
        string name, OperatorChange change, GameLimit maker, CancellationToken cancellationToken)
    {
        var password = change.ResetsPassword ? Passwords.Draw() : null;
        var hash = password is null ? null : await passwords.HashAsync(password, cancellationToken);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (await database.WriteAsync(
                transaction => TryChangeAsync(transaction, name, change, password, hash, maker, clock.NowMs()), cancellationToken)
                is { } outcome)
            {
                return outcome;
            }
        }
        throw new DatabaseBusyException($"operator {name} is being changed by too many at once; try again");
    }

    /// <summary>Makes an operator with a password that need not be changed, or gives one that exists that password and role: for the
    /// demo.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    internal async Task EnsureAsync(string name, Role role, string password, CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var fresh = new Operator
        {
            Name = name, Role = role, Games = GameLimit.None, PasswordHash = await passwords.HashAsync(password, cancellationToken),
            MustChangePassword = false, IsDisabled = false, Version = 1, CreatedMs = nowMs, UpdatedMs = nowMs,
        };
        await database.WriteAsync(
            async transaction => await OperatorTable.InsertAsync(transaction, fresh)
                || (await OperatorTable.FindAsync(transaction, name) is { } before
                    && await OperatorTable.UpdateAsync(transaction, before, fresh with { Version = before.Version + 1 })),
            cancellationToken);
    }

    /// <returns>Null: he was changed in between.</returns>
    private static async ValueTask<OperatorOutcome?> TryChangeAsync(
        Transaction transaction, string name, OperatorChange change, string? password, string? hash, GameLimit maker, long nowMs)
    {
        if (await OperatorTable.FindAsync(transaction, name) is not { } before || !maker.Covers(before.Games))
        {
            return new OperatorOutcome.NotFound();
        }
        var after = before with
        {
            Role = change.Role ?? before.Role,
            Games = change.Games ?? before.Games,
            IsDisabled = change.IsDisabled ?? before.IsDisabled,
            PasswordHash = hash ?? before.PasswordHash,
            MustChangePassword = hash is not null || before.MustChangePassword,
            CodeSecret = change.ResetsSecondFactor ? null : before.CodeSecret,
            NewCodeSecret = change.ResetsSecondFactor ? null : before.NewCodeSecret,
            Version = before.Version + 1,
            UpdatedMs = nowMs,
        };
        if (!maker.Covers(after.Games))
        {
            return new OperatorOutcome.Beyond();
        }
        if (!await OperatorTable.UpdateAsync(transaction, before, after))
        {
            return null;
        }
        if (hash is not null)
        {
            await SignInLimit.ForgetAsync(transaction, name);
        }
        var became = Text(after) + (hash is null ? "" : ", password reset") + (change.ResetsSecondFactor ? ", second factor reset" : "");
        AuditTrail.Append(
            transaction, new AuditFact("operator.change", GameId: null, before.Name) { Before = Text(before), After = became }, nowMs);
        return new OperatorOutcome.Done(after, password);
    }

    private static string Text(Operator one) =>
        $"{RoleTexts.All[one.Role]}, games {one.Games.Text ?? "all"}, {(one.IsDisabled ? "disabled" : "enabled")}";
}
