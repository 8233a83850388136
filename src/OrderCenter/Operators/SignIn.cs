using System.Net;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Operators;

/// <summary>Signs operators in. A wrong name, a wrong password and a wrong code take the same steps and the same time.</summary>
public sealed class SignIn(Database database, Passwords passwords, Vault vault, TimeProvider clock)
{
    /// <summary>The actor of a refused sign-in whose name nobody has. The name itself is not kept: people type passwords there.</summary>
    private const string Nobody = "-";
    private const string Via = "sign-in";

    /// <summary>Sign-ins in progress at once on this node: they must not fill the queue of writes, which the games need.</summary>
    private const int ConcurrentMax = 128;

    private int _inProgress;

    /// <exception cref="DatabaseBusyException">Too many requests wait, or too many sign in at once.</exception>
    public async Task<SignInOutcome> RunAsync(
        string name, string password, string? code, IPAddress? address, CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref _inProgress) <= ConcurrentMax
                ? await CheckAsync(name, password, code, address, cancellationToken)
                : throw new DatabaseBusyException(Passwords.TooManyMessage);
        }
        finally
        {
            Interlocked.Decrement(ref _inProgress);
        }
    }

    private async Task<SignInOutcome> CheckAsync(
        string name, string password, string? code, IPAddress? address, CancellationToken cancellationToken)
    {
        // 1. The attempt counts as failed until it has succeeded.
        var attempt = await database.WriteAsync(
            transaction => SignInLimit.BeginAsync(transaction, name, address, clock.NowMs()), cancellationToken);
        if (attempt.SecondsLocked > 0)
        {
            return new SignInOutcome.Locked(attempt.SecondsLocked);
        }

        // 2. All that was sent is looked at, whatever is wrong.
        var one = await database.ReadAsync(transaction => OperatorTable.FindAsync(transaction, name), cancellationToken);
        var isPassword = await SignInLimit.CheckAsync(
            database, name, address, attempt, () => passwords.IsRightAsync(one?.PasswordHash, password, cancellationToken));
        var step = one?.CodeSecret is { } secret ? SecondFactor.StepOf(vault, one.Name, secret, code, clock.GetUtcNow()) : null;
        var fault = one is null ? "there is no such operator"
            : !isPassword ? "wrong password"
            : one.CodeSecret is not null && !(step > one.CodeStep) ? code is null ? "no code" : "wrong code, or a used one"
            : one.IsDisabled ? "disabled"
            : null;

        // 3. The session, if the operator still is as he was read and his code was not used meanwhile.
        if (fault is null)
        {
            var session = new Session(Sessions.Draw(), one!);
            if (await database.WriteAsync(
                transaction => TryBeginAsync(transaction, session, step, address, attempt.Id, clock.NowMs()), cancellationToken))
            {
                return new SignInOutcome.SignedIn(session);
            }
            fault = "a used code, or changed meanwhile";
        }
        await database.WriteAsync(
            transaction =>
            {
                var caller = new Caller(one?.Name ?? Nobody, Via, Role: null, address?.ToString());
                AuditTrail.Append(
                    transaction, caller, new AuditFact("session.refused", GameId: null, one?.Name) { Reason = fault }, clock.NowMs());
                SignInLimit.AppendLock(transaction, attempt, caller, one?.Name, clock.NowMs());
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        return new SignInOutcome.Refused();
    }

    private static async ValueTask<bool> TryBeginAsync(
        Transaction transaction, Session session, long? step, IPAddress? address, string attempt, long nowMs)
    {
        var one = session.Operator;
        var isSame = step is { } used
            ? await OperatorTable.UseStepAsync(transaction, one, used)
            : await OperatorTable.FindAsync(transaction, one.Name) is { } now && now.Version == one.Version;
        if (!isSame)
        {
            return false;
        }
        await Sessions.InsertAsync(transaction, session.Secret, one, nowMs);
        await SignInLimit.SucceedAsync(transaction, one.Name, address, attempt);
        var caller = new Caller(one.Name, Via, RoleTexts.All[one.Role], address?.ToString());
        AuditTrail.Append(transaction, caller, new AuditFact("session.begin", GameId: null, one.Name), nowMs);
        return true;
    }
}
