using System.Data.Common;

namespace OrderCenter.Store;

/// <summary>The database as one unit of a batch sees it.</summary>
internal sealed class PostgresUnit(PostgresSession session, bool guesses) : Transaction
{
    public override bool Guesses => guesses;

    /// <summary>Where in a round what it asked for last stands.</summary>
    public int After { get; set; }

    public override ValueTask<int> ExecuteAsync(string sql, params object?[] parameters) => session.ExecuteAsync(this, sql, parameters);

    public override ValueTask<bool> ExpectAsync(string sql, params object?[] parameters)
    {
        if (!guesses || ManyForm.All.GetValueOrDefault(sql)?.OrFail is not { } orFail)
        {
            return base.ExpectAsync(sql, parameters);
        }
        session.Guess(this, orFail.One, parameters);
        return new ValueTask<bool>(true);
    }

    public override void Send(string sql, params object?[] parameters) => session.Send(this, sql, parameters);

    public override ValueTask<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] parameters) => session.QueryAsync(this, sql, read, parameters);
}
