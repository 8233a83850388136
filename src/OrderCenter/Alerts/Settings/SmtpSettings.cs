namespace OrderCenter.Alerts.Settings;

/// <summary>How mail is sent.</summary>
public sealed record SmtpSettings
{
    public const string StartTls = "starttls";
    public const string Tls = "tls";
    public const string Unencrypted = "none";

    public static IReadOnlyList<string> Securities { get; } = [StartTls, Tls, Unencrypted];

    /// <summary>The mail server's name or address.</summary>
    public string? Host { get; init; }

    /// <summary>Left out: 587, with <c>tls</c> 465.</summary>
    public int? Port { get; init; }

    /// <summary><c>starttls</c>, <c>tls</c> or <c>none</c>; left out: <c>starttls</c>, which fails where the server has none.</summary>
    public string? Security { get; init; }

    /// <summary>Left out: nobody signs in.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>The sender's address.</summary>
    public string? From { get; init; }

    /// <summary>The receivers' addresses.</summary>
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>The port that is used.</summary>
    internal int PortOrDefault => Port ?? (Security == Tls ? 465 : 587);

    public override string ToString() => $"{Host}:{PortOrDefault}";
}
