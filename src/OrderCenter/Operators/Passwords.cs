using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OrderCenter.Persistence;

namespace OrderCenter.Operators;

/// <summary>Hashes and checks passwords with ASP.NET Core's <c>PasswordHasher</c> (PBKDF2 with HMAC-SHA512). Hashing is slow on purpose, so
/// only a few run at once: the rest of the service keeps its processors.</summary>
public sealed class Passwords : IDisposable
{
    public const int LengthMin = 12;
    public const int LengthMax = 128;

    /// <summary>What OWASP recommends for PBKDF2 with HMAC-SHA512.</summary>
    private const int Iterations = 210_000;
    public const string TooManyMessage = "too many sign in at once; try again";

    private const int WaitingMax = 64;

    /// <summary>At most half of the processors.</summary>
    private static readonly int ConcurrentMax = Math.Clamp(Environment.ProcessorCount / 2, 1, 2);

    /// <summary>A first password is 24 of these: no letter that looks like another.</summary>
    private const string FirstCharacters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int FirstLength = 24;

    private readonly SemaphoreSlim _places = new(ConcurrentMax, ConcurrentMax);
    private readonly Microsoft.AspNetCore.Identity.PasswordHasher<Operator> _hasher = new(
        Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = Iterations }));

    /// <summary>What a password is checked against where there is no operator, so that it takes the same time. Made at the first sign-in,
    /// whoever signs in: a start does not wait for it.</summary>
    private readonly Lazy<string> _nobodys;
    private int _waiting;

    public Passwords() => _nobodys = new Lazy<string>(() => _hasher.HashPassword(null!, Draw()));

    /// <summary>What is wrong with a new password; null: nothing.</summary>
    public static string? Fault(string? password, string name) =>
        password is not { Length: >= LengthMin and <= LengthMax } || password.Any(char.IsControl)
            ? $"must be {LengthMin} to {LengthMax} characters without control characters"
        : password.Contains(name, StringComparison.OrdinalIgnoreCase) && password.Length < name.Length + LengthMin
            ? $"must hold {LengthMin} characters beside the name"
        : password.Distinct().Count() < 4 ? "must hold at least 4 different characters"
        : null;

    /// <summary>A first password.</summary>
    public static string Draw() => RandomNumberGenerator.GetString(FirstCharacters, FirstLength);

    /// <exception cref="DatabaseBusyException">Too many passwords are being hashed.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => _hasher.HashPassword(null!, password), cancellationToken);

    /// <summary>Whether a password is the one that was hashed.</summary>
    /// <param name="hash">Null: there is no operator; it takes the same time and is false.</param>
    /// <param name="password">What was sent.</param>
    /// <param name="cancellationToken">Stops the wait for a place.</param>
    /// <exception cref="DatabaseBusyException">Too many passwords are being hashed.</exception>
    public async Task<bool> IsRightAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var isRight = await RunAsync(
            () =>
            {
                var nobodys = _nobodys.Value;
                return _hasher.VerifyHashedPassword(null!, hash ?? nobodys, password)
                    != Microsoft.AspNetCore.Identity.PasswordVerificationResult.Failed;
            },
            cancellationToken);
        return isRight && hash is not null;
    }

    public void Dispose() => _places.Dispose();

    private async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            throw new DatabaseBusyException(TooManyMessage);
        }
        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(hash, CancellationToken.None);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
