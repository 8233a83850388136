using System.Data.Common;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Support;

/// <summary>Statements by their text, as tests look at rows.</summary>
internal static class TextStatements
{
    public static ValueTask<int> ExecuteAsync(this Transaction transaction, string sql, params object?[] parameters) =>
        transaction.ExecuteAsync(SqlStatement.Dynamic(sql), parameters);

    public static void Send(this Transaction transaction, string sql, params object?[] parameters) =>
        transaction.Send(SqlStatement.Dynamic(sql), parameters);

    public static ValueTask<List<T>> QueryAsync<T>(this Transaction transaction, string sql, Func<DbDataReader, T> read, params object?[] parameters) =>
        transaction.QueryAsync(SqlStatement.Dynamic(sql), read, parameters);

    public static ValueTask<T?> FindAsync<T>(this Transaction transaction, string sql, Func<DbDataReader, T> read, params object?[] parameters)
        where T : class => transaction.FindAsync(SqlStatement.Dynamic(sql), read, parameters);
}
