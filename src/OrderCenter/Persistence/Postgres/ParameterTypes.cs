using NpgsqlTypes;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The parameters' types of a statement: those that its batch form declares, else as far as values have shown them, since a null
/// has none.</summary>
/// <remarks>Npgsql keeps a statement prepared with the types that it had then, and sends it unprepared, to be parsed and planned each
/// time, whenever they are others. So the text says which types are meant, and the statement is prepared once for each.</remarks>
internal sealed class ParameterTypes(SqlStatement statement, bool isDistributed)
{
    private readonly bool _isDeclared = statement.Batch is not null;
    private readonly string _text = statement.OnPostgres(isDistributed);

    /// <summary>The statement's text, and which types are meant where it declares none.</summary>
    public string Text { get; private set; } = statement.OnPostgres(isDistributed);

    public NpgsqlDbType[] Types { get; private set; } = statement.Batch is { } form ? [.. form.Types.Select(Of)] : [];

    public void Learn(object?[] parameters)
    {
        if (_isDeclared)
        {
            return;
        }
        var isChanged = false;
        if (Types.Length != parameters.Length)
        {
            Types = Enumerable.Repeat(NpgsqlDbType.Unknown, parameters.Length).ToArray();
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i] switch
            {
                null => Types[i],
                string => NpgsqlDbType.Text,
                long => NpgsqlDbType.Bigint,
                int => Types[i] == NpgsqlDbType.Bigint ? NpgsqlDbType.Bigint : NpgsqlDbType.Integer,
                var other =>
                    throw new InvalidOperationException(
                        $"a parameter of a statement is a {other.GetType().Name}; allowed: string, long, int, null"),
            };
            isChanged |= type != Types[i];
            Types[i] = type;
        }
        if (isChanged)
        {
            Text = $"{_text} /* {string.Concat(Types.Select(LetterOf))} */";
        }
    }

    /// <summary>The type of a letter of <see cref="BatchForm.Types"/>.</summary>
    public static NpgsqlDbType Of(char letter) => letter switch
    {
        't' => NpgsqlDbType.Text,
        'i' => NpgsqlDbType.Integer,
        _ => NpgsqlDbType.Bigint,
    };

    private static char LetterOf(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Text => 't',
        NpgsqlDbType.Bigint => 'b',
        NpgsqlDbType.Integer => 'i',
        _ => '?',
    };
}
