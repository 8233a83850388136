using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>Who is signed in.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Role">His role.</param>
/// <param name="Games">The games that he sees; null: all.</param>
/// <param name="CsrfToken">What writes carry as <c>X-CSRF-Token</c>.</param>
/// <param name="MustChangePassword">Whether every other call is refused until he has changed his first password.</param>
/// <param name="HasSecondFactor">Whether he signs in with a code.</param>
internal sealed record SessionJson(
    string Name, string Role, IReadOnlyList<long>? Games, string CsrfToken, bool MustChangePassword, bool HasSecondFactor);

/// <summary>Body of <c>POST /session</c>. It prints nothing.</summary>
internal sealed record SignInJson
{
    public string? Name { get; init; }
    public string? Password { get; init; }

    /// <summary>The code of the second factor, where the operator has one.</summary>
    public string? Code { get; init; }

    public override string ToString() => "***";
}

/// <summary>Body of <c>PUT /session/password</c>. It prints nothing.</summary>
internal sealed record PasswordJson
{
    /// <summary>The present password.</summary>
    public string? Password { get; init; }

    /// <summary>At least 12 characters.</summary>
    public string? NewPassword { get; init; }

    public override string ToString() => "***";
}

/// <summary>Body of <c>POST /session/totp</c>: the password, to draw a secret, or a code of the secret that was drawn. It prints
/// nothing.</summary>
internal sealed record EnrolJson
{
    /// <summary>The present password; not needed with a code.</summary>
    public string? Password { get; init; }

    /// <summary>A code of the secret that was drawn; left out: a secret is drawn.</summary>
    public string? Code { get; init; }

    public override string ToString() => "***";
}

/// <summary>Body of <c>DELETE /session/totp</c>: a code. It prints nothing.</summary>
internal sealed record CodeJson
{
    public string? Code { get; init; }

    public override string ToString() => "***";
}

/// <summary>The second factor: a secret that was drawn and waits for its first code, or whether there is a factor.</summary>
/// <param name="Enrolled">Whether he signs in with a code.</param>
/// <param name="Secret">Base32; only where it was drawn now.</param>
/// <param name="Uri">The <c>otpauth://</c> address for a picture; only where it was drawn now.</param>
internal sealed record SecondFactorJson(
    bool Enrolled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Uri = null)
{
    public override string ToString() => "***";
}
