using System.Data.Common;
using System.Globalization;
using System.Text;
using NpgsqlTypes;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The keys and the arrays of a <see cref="BatchForm"/>.</summary>
internal static class BatchParameters
{
    private const char Separator = '\u0001';

    /// <summary>The key of one call.</summary>
    public static string KeyOf(this BatchForm form, object?[] parameters)
    {
        var key = Text(parameters[form.Key[0]]);
        for (var i = 1; i < form.Key.Length; i++)
        {
            key = $"{key}{Separator}{Text(parameters[form.Key[i]])}";
        }
        return key;
    }

    /// <summary>The key of a returned row.</summary>
    public static string KeyOf(this BatchForm form, DbDataReader row)
    {
        var columns = form.KeyColumns;
        var key = Text(row.GetValue(columns?[0] ?? 0));
        for (var i = 1; i < form.Key.Length; i++)
        {
            key = $"{key}{Separator}{Text(row.GetValue(columns?[i] ?? i))}";
        }
        return key;
    }

    /// <summary>The array of one parameter over all calls.</summary>
    public static (NpgsqlDbType Type, Array Values) ArrayOf(this BatchForm form, int position, List<object?[]> calls)
    {
        var type = ParameterTypes.Of(form.Types[position]);
        Array values = type switch
        {
            NpgsqlDbType.Text => Values(calls, position, static value => (string?)Storable((string)value)),
            NpgsqlDbType.Integer => Values(calls, position, static value => (int?)Convert.ToInt32(value, CultureInfo.InvariantCulture)),
            _ => Values(calls, position, static value => (long?)Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        };
        return (NpgsqlDbType.Array | type, values);
    }

    /// <summary>PostgreSQL's text holds every character but NUL, and is UTF-8, which cannot hold half of a surrogate pair. Input from
    /// outside is refused before it gets here; a search for such a text finds nothing, and a text that was cut inside a pair is stored
    /// without it.</summary>
    public static string Storable(string text) =>
        text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');

    private static T[] Values<T>(List<object?[]> calls, int position, Func<object, T> convert)
    {
        var values = new T[calls.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = calls[i][position] is { } value ? convert(value) : default!;
        }
        return values;
    }

    private static string Text(object? value) =>
        value is string text ? Storable(text) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
