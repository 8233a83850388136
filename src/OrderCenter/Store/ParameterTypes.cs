using NpgsqlTypes;

namespace OrderCenter.Store;

/// <summary>The parameters' types of a statement, as far as values have shown them: a null has none.</summary>
/// <remarks>Npgsql keeps a statement prepared with the types that it had then, and sends it unprepared, to be parsed and planned each time, whenever they are
/// others. So the text says which types are meant, and the statement is prepared once for each.</remarks>
internal sealed class ParameterTypes(string sql, int count)
{
    private readonly string _sql = sql;

    public string Text { get; private set; } = sql;

    public NpgsqlDbType[] Types { get; } = Enumerable.Repeat(NpgsqlDbType.Unknown, count).ToArray();

    public void Learn(object?[] parameters)
    {
        var isNews = false;
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i] switch
            {
                null => Types[i],
                string => NpgsqlDbType.Text,
                long => NpgsqlDbType.Bigint,
                int => Types[i] == NpgsqlDbType.Bigint ? NpgsqlDbType.Bigint : NpgsqlDbType.Integer,
                var other => throw new InvalidOperationException($"a parameter of a statement is a {other.GetType().Name}; allowed: string, long, int, null"),
            };
            isNews |= type != Types[i];
            Types[i] = type;
        }
        if (isNews)
        {
            Text = $"{_sql} /* {string.Concat(Types.Select(LetterOf))} */";
        }
    }

    private static char LetterOf(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Text => 't',
        NpgsqlDbType.Bigint => 'b',
        NpgsqlDbType.Integer => 'i',
        _ => '?',
    };
}
