using System.Text;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Reads a callback URL so that its path and query are sent byte for byte as the game configured them.
/// <see cref="Uri"/> normalizes them (<c>%7E</c> becomes <c>~</c>, <c>a/../b</c> becomes <c>b</c>), which breaks
/// receivers that compare or sign their own URL.</summary>
internal static class ExactUri
{
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Other characters than printable ASCII are percent-encoded as UTF-8, so that no URL can end the
    /// request line. A fragment is not sent.</summary>
    /// <exception cref="InvalidOperationException">The text is no absolute URL.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var canonical))
        {
            throw new InvalidOperationException($"{text} is not an absolute address");
        }
        // "://" introduces the host only directly after the scheme; elsewhere it may be part of the query.
        var schemeEnd = canonical.Scheme.Length;
        if (text.IndexOf("://", StringComparison.Ordinal) != schemeEnd)
        {
            return canonical;
        }
        var authority = schemeEnd + 3;
        var end = text.AsSpan(authority).IndexOfAny("/?#\\");
        var target = end < 0 ? "" : text[(authority + end)..];
        if (target.StartsWith('\\'))
        {
            // Only the normalized form says where the host ends.
            return canonical;
        }
        var fragment = target.IndexOf('#', StringComparison.Ordinal);
        target = fragment < 0 ? target : target[..fragment];
        var head = end < 0 ? text : text[..(authority + end)];
        var exact = $"{head}{(target.StartsWith('/') ? "" : "/")}{PercentEncode(target)}";

        // Both forms must name the same endpoint.
        return Uri.TryCreate(exact, AsGiven, out var given)
            && given.Scheme == canonical.Scheme && given.IdnHost == canonical.IdnHost && given.Port == canonical.Port
            && !given.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? given
            : canonical;
    }

    private static string PercentEncode(string target)
    {
        if (!target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return target;
        }
        var exact = new StringBuilder(target.Length + 32);
        foreach (var octet in Encoding.UTF8.GetBytes(target))
        {
            if (octet is >= (byte)'!' and <= (byte)'~')
            {
                exact.Append((char)octet);
            }
            else
            {
                exact.Append('%').Append(octet.ToString("X2"));
            }
        }
        return exact.ToString();
    }
}
