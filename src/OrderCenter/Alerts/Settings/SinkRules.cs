using System.Text.RegularExpressions;
using MimeKit;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Alerts.Settings;

/// <summary>What a sink must be.</summary>
internal static partial class SinkRules
{
    private const int NameMax = 64;
    private const int TextMax = 256;
    private const int UrlMax = 2048;
    private const int SecretMin = 8;
    private const int ReceiversMax = 20;
    private const int NetworksMax = 16;
    private const int PortMax = 65_535;

    /// <summary>The first fault.</summary>
    /// <returns>The field, and what is allowed in it; null: there is none.</returns>
    public static (string Field, string Allowed)? WhyNot(AlertSink sink)
    {
        if (sink.Name is null || !Name().IsMatch(sink.Name))
        {
            return ("name", $"must be 1 to {NameMax} letters, digits and . _ -");
        }
        if (sink.Kind is null || !SinkKind.All.Contains(sink.Kind, StringComparer.Ordinal))
        {
            return ("kind", $"must be {Choices.Of(SinkKind.All)}");
        }
        return WhyNotAddress(sink) ?? WhyNotMail(sink) ?? WhyNotFilter(sink);
    }

    private static (string, string)? WhyNotAddress(AlertSink sink)
    {
        if (sink.Kind == SinkKind.Smtp)
        {
            return sink.Url is not null ? ("url", "is not for mail: smtp.host and smtp.port say where it goes")
                : sink.Secret is not null ? ("secret", "is not for mail: it has smtp.password")
                : null;
        }
        if (sink.Smtp is not null)
        {
            return ("smtp", "is for mail only");
        }
        if (sink.Url is not { Length: <= UrlMax } url || !WebAddress.TryParse(url, out var address) || address.UserInfo.Length > 0)
        {
            return ("url", $"must be an http or https address of at most {UrlMax} characters, without a user");
        }
        if (sink.Kind == SinkKind.Webhook ? sink.Secret is not { Length: >= SecretMin and <= TextMax }
            : sink.Kind == SinkKind.WeCom ? sink.Secret is not null
            : sink.Secret is { Length: < SecretMin or > TextMax })
        {
            return ("secret", sink.Kind == SinkKind.WeCom
                ? "is not for wecom: its robot has a key in its address and signs nothing"
                : $"must be {SecretMin} to {TextMax} characters{(sink.Kind == SinkKind.Webhook ? "" : ", or left out")}");
        }
        return null;
    }

    private static (string, string)? WhyNotMail(AlertSink sink)
    {
        if (sink.Kind != SinkKind.Smtp)
        {
            return null;
        }
        if (sink.Smtp is not { } smtp)
        {
            return ("smtp", "must be given for mail");
        }
        if (smtp.Host is not { Length: > 0 and <= TextMax } || Uri.CheckHostName(smtp.Host) == UriHostNameType.Unknown)
        {
            return ("smtp.host", "must be the name or the address of a mail server");
        }
        if (smtp.Port is < 1 or > PortMax)
        {
            return ("smtp.port", $"must be 1 to {PortMax}");
        }
        if (smtp.Security is not null && !SmtpSettings.Securities.Contains(smtp.Security, StringComparer.Ordinal))
        {
            return ("smtp.security", $"must be {Choices.Of(SmtpSettings.Securities)}");
        }
        if ((smtp.UserName is null) != (smtp.Password is null) || smtp.UserName is { Length: 0 or > TextMax }
            || smtp.Password is { Length: 0 or > TextMax })
        {
            return ("smtp.password", $"and smtp.userName must both be given, 1 to {TextMax} characters, or both be left out");
        }
        if (smtp.Password is not null && smtp.Security == SmtpSettings.Unencrypted)
        {
            return ("smtp.security", "must be starttls or tls where a password is sent");
        }
        return !IsMail(smtp.From) ? ("smtp.from", "must be a mail address")
            : smtp.To is not { Count: > 0 and <= ReceiversMax } || !smtp.To.All(IsMail)
                ? ("smtp.to", $"must be 1 to {ReceiversMax} mail addresses")
            : null;
    }

    private static (string, string)? WhyNotFilter(AlertSink sink)
    {
        if (sink.Language is not null && !AlertSink.Languages.Contains(sink.Language, StringComparer.Ordinal))
        {
            return ("language", $"must be {Choices.Of(AlertSink.Languages)}");
        }
        if (sink.Severity is not null && !AlertTexts.Severity.TryParse(sink.Severity, out _))
        {
            return ("severity", $"must be {Choices.Of(AlertTexts.Severity.Texts)}");
        }
        if (sink.Conditions is not null && (sink.Conditions.Count == 0 || sink.Conditions.Any(name => AlertConditions.Find(name) is null)))
        {
            return ("conditions", $"must be null, or some of {Choices.Of(AlertConditions.Names)}");
        }
        if (sink.Games is not null && (sink.Games.Count is 0 or > GameLimit.GamesMax || !sink.Games.All(GameLimit.IsGame)))
        {
            return ("games", $"must be null, or 1 to {GameLimit.GamesMax} numbers of games");
        }
        return NetworkText.IsList(sink.AllowedNetworks, NetworksMax)
            ? null
            : ("allowedNetworks", $"must be at most {NetworksMax} addresses or networks such as 10.0.0.0/8");
    }

    /// <summary>What can stand in a header without being read as anything else; the mail server says whether it exists.</summary>
    private static bool IsMail(string? text) =>
        text is { Length: <= TextMax } && Mail().IsMatch(text) && MailboxAddress.TryParse(text, out _);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Name();

    [GeneratedRegex(
        "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Mail();
}
