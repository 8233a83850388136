namespace OrderCenter.Encodings;

/// <summary>Describes an exception in one line: its message and those of its causes, each once.</summary>
public static class FaultDescription
{
    /// <summary>How many causes are looked at.</summary>
    private const int DepthMax = 8;

    public static string Of(Exception fault)
    {
        var text = OneLine(fault.Message);
        var depth = 0;
        for (var cause = fault.InnerException; cause is not null && depth < DepthMax; cause = cause.InnerException, depth++)
        {
            // A network fault repeats its cause with the address behind it.
            var more = OneLine(cause.Message);
            if (more.Length == 0 || Contains(text, more))
            {
                continue;
            }
            text = Contains(more, text) ? more : $"{text} {more}";
        }
        return text;
    }

    private static bool Contains(string text, string part) => text.Contains(part.TrimEnd('.', ' '), StringComparison.OrdinalIgnoreCase);

    private static string OneLine(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
}
