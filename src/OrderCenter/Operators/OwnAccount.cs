using System.Net;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Operators;

/// <summary>What an operator changes of his own account: the password and the second factor. Each change ends his other sessions. A wrong
/// password or code counts as a failed sign-in, so that a stolen session cannot guess.</summary>
public sealed class OwnAccount(Database database, Passwords passwords, Vault vault, TimeProvider clock)
{
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<OwnAccountOutcome> ChangePasswordAsync(
        Session session, string present, string next, IPAddress? address, CancellationToken cancellationToken)
    {
        var one = session.Operator;
        var attempt = await BeginAsync(one, address, cancellationToken);
        if (attempt.SecondsLocked > 0)
        {
            return new OwnAccountOutcome.Locked(attempt.SecondsLocked);
        }
        var hash = await SignInLimit.CheckAsync(database, one.Name, address, attempt, async () =>
            await passwords.IsRightAsync(one.PasswordHash, present, cancellationToken)
                ? await passwords.HashAsync(next, cancellationToken)
                : null);
        if (hash is null)
        {
            return await RefuseAsync(one, address, attempt);
        }
        var after = one with { PasswordHash = hash, MustChangePassword = false };
        return await SaveAsync(session, Sessions.Draw(), after, "session.password", address, attempt, cancellationToken);
    }

    /// <summary>Draws a secret for the second factor, under the password: whoever has only the session cannot lock its operator out. It
    /// counts once a code has confirmed it; until then nothing changes.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<OwnAccountOutcome> DrawSecretAsync(
        Session session, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        var one = session.Operator;
        var attempt = await BeginAsync(one, address, cancellationToken);
        if (attempt.SecondsLocked > 0)
        {
            return new OwnAccountOutcome.Locked(attempt.SecondsLocked);
        }
        if (!await SignInLimit.CheckAsync(
            database, one.Name, address, attempt, () => passwords.IsRightAsync(one.PasswordHash, password, cancellationToken)))
        {
            return await RefuseAsync(one, address, attempt);
        }
        var secret = SecondFactor.Draw();

        // The version stays: no session ends before the new factor counts.
        var after = one with { NewCodeSecret = SecondFactor.Seal(vault, one.Name, secret), UpdatedMs = clock.NowMs() };
        return await database.WriteAsync(
            async transaction =>
            {
                var isSaved = await OperatorTable.UpdateAsync(transaction, one, after);
                if (isSaved)
                {
                    await SignInLimit.SucceedAsync(transaction, one.Name, address, attempt.Id);
                    AuditTrail.Append(transaction, new AuditFact("session.draw-totp", GameId: null, one.Name), after.UpdatedMs);
                }
                return isSaved;
            },
            cancellationToken)
            ? new OwnAccountOutcome.Drawn(secret, SecondFactor.Address(one.Name, secret))
            : new OwnAccountOutcome.Changed();
    }

    /// <summary>Takes the drawn secret into use, confirmed by a code of it.</summary>
    public Task<OwnAccountOutcome> ConfirmAsync(Session session, string code, IPAddress? address, CancellationToken cancellationToken) =>
        UseCodeAsync(
            session, session.Operator.NewCodeSecret, code, "session.enrol-totp", address,
            (one, step) => one with { CodeSecret = one.NewCodeSecret, NewCodeSecret = null, CodeStep = step }, cancellationToken);

    /// <summary>Leaves the second factor, confirmed by a code of it.</summary>
    public Task<OwnAccountOutcome> LeaveAsync(Session session, string code, IPAddress? address, CancellationToken cancellationToken) =>
        UseCodeAsync(
            session, session.Operator.CodeSecret, code, "session.leave-totp", address,
            (one, step) => one with { CodeSecret = null, NewCodeSecret = null, CodeStep = step }, cancellationToken);

    private async Task<OwnAccountOutcome> UseCodeAsync(
        Session session, string? secret, string code, string action, IPAddress? address, Func<Operator, long, Operator> change,
        CancellationToken cancellationToken)
    {
        var one = session.Operator;
        if (secret is null)
        {
            return new OwnAccountOutcome.NotEnrolled();
        }
        var attempt = await BeginAsync(one, address, cancellationToken);
        if (attempt.SecondsLocked > 0)
        {
            return new OwnAccountOutcome.Locked(attempt.SecondsLocked);
        }
        return SecondFactor.StepOf(vault, one.Name, secret, code, clock.GetUtcNow()) is { } step && step > one.CodeStep
            ? await SaveAsync(session, session.Secret, change(one, step), action, address, attempt, cancellationToken)
            : await RefuseAsync(one, address, attempt);
    }

    private Task<SignInAttempt> BeginAsync(Operator one, IPAddress? address, CancellationToken cancellationToken) =>
        database.WriteAsync(
            transaction => SignInLimit.BeginAsync(transaction, one.Name, address, clock.NowMs()), cancellationToken);

    /// <summary>The password or the code is wrong: the attempt stays counted, and the one that locks is in the audit log.</summary>
    private async Task<OwnAccountOutcome> RefuseAsync(Operator one, IPAddress? address, SignInAttempt attempt)
    {
        if (attempt.LocksName || attempt.LocksAddress)
        {
            var caller = new Caller(one.Name, "session", RoleTexts.All[one.Role], address?.ToString());
            await database.WriteAsync(
                transaction =>
                {
                    SignInLimit.AppendLock(transaction, attempt, caller, one.Name, clock.NowMs());
                    return ValueTask.FromResult(true);
                },
                CancellationToken.None);
        }
        return new OwnAccountOutcome.Wrong();
    }

    /// <summary>Saves the change; this session stays, under the secret that it is given, and the others end.</summary>
    private async Task<OwnAccountOutcome> SaveAsync(
        Session session, string secret, Operator changed, string action, IPAddress? address, SignInAttempt attempt,
        CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        var after = changed with { Version = changed.Version + 1, UpdatedMs = nowMs };
        return await database.WriteAsync(
            async transaction =>
            {
                if (!await OperatorTable.UpdateAsync(transaction, session.Operator, after))
                {
                    return false;
                }
                await Sessions.RenewAsync(transaction, session.Secret, secret, after.Version);
                await SignInLimit.SucceedAsync(transaction, after.Name, address, attempt.Id);
                AuditTrail.Append(transaction, new AuditFact(action, GameId: null, after.Name), nowMs);
                return true;
            },
            cancellationToken)
            ? new OwnAccountOutcome.Done(new Session(secret, after))
            : new OwnAccountOutcome.Changed();
    }
}
