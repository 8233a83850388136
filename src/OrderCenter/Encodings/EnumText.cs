using System.Diagnostics.CodeAnalysis;

namespace OrderCenter.Encodings;

/// <summary>How the values of an enum are written in JSON, addresses and files. Each value has one text, compared by case.</summary>
public sealed class EnumText<T>
    where T : struct, Enum
{
    private readonly (T Value, string Text)[] _pairs;

    public EnumText(params (T Value, string Text)[] pairs)
    {
        _pairs = pairs;
        Texts = [.. pairs.Select(pair => pair.Text)];
    }

    /// <summary>All texts, in the order in which they were given.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <exception cref="ArgumentOutOfRangeException">The value has no text.</exception>
    public string this[T value]
    {
        get
        {
            foreach (var pair in _pairs)
            {
                if (EqualityComparer<T>.Default.Equals(pair.Value, value))
                {
                    return pair.Text;
                }
            }
            throw new ArgumentOutOfRangeException(nameof(value), value, "the value has no text");
        }
    }

    public bool TryParse([NotNullWhen(true)] string? text, out T value, StringComparison comparison = StringComparison.Ordinal)
    {
        foreach (var pair in _pairs)
        {
            if (string.Equals(pair.Text, text, comparison))
            {
                value = pair.Value;
                return true;
            }
        }
        value = default;
        return false;
    }
}
