using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Operators;

/// <summary>The operators: statements and rows.</summary>
internal static class OperatorTable
{
    /// <summary>How many operators an installation may have: they are listed in one read.</summary>
    public const int OperatorsMax = 1000;

    private const string Columns =
        "name, role, games, password_hash, must_change, disabled, version, code_secret, new_code_secret, code_step, created_ms, updated_ms";

    private static readonly SqlStatement InsertSql = new(
        $"INSERT INTO operators (operator_key, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) " +
        "ON CONFLICT (operator_key) DO NOTHING");

    private static readonly SqlStatement UpdateSql = new(
        "UPDATE operators SET role = $3, games = $4, password_hash = $5, must_change = $6, disabled = $7, version = $8, " +
        "code_secret = $9, new_code_secret = $10, code_step = CASE WHEN code_step > $11 THEN code_step ELSE $11 END, updated_ms = $12 " +
        "WHERE operator_key = $1 AND version = $2");

    private static readonly SqlStatement UseStepSql = new(
        "UPDATE operators SET code_step = $3 WHERE operator_key = $1 AND version = $2 AND code_step < $3");

    private static readonly SqlStatement FindSql = new($"SELECT {Columns} FROM operators WHERE operator_key = $1");
    private static readonly SqlStatement CountSql = new("SELECT count(*) FROM operators");
    private static readonly SqlStatement ListSql = new(
        $"SELECT {Columns} FROM operators ORDER BY created_ms DESC, operator_key LIMIT 1000");

    /// <returns>False: the name is taken.</returns>
    public static async ValueTask<bool> InsertAsync(Transaction transaction, Operator one) =>
        await transaction.ExecuteAsync(
            InsertSql, one.Key, one.Name, (int)one.Role, one.Games.Text, one.PasswordHash, one.MustChangePassword ? 1 : 0,
            one.IsDisabled ? 1 : 0, one.Version, one.CodeSecret, one.NewCodeSecret, one.CodeStep, one.CreatedMs, one.UpdatedMs) == 1;

    /// <summary>Saves a change, if the operator still is as it was read.</summary>
    /// <returns>False: it was changed in between.</returns>
    public static async ValueTask<bool> UpdateAsync(Transaction transaction, Operator before, Operator after) =>
        await transaction.ExecuteAsync(
            UpdateSql, before.Key, before.Version, (int)after.Role, after.Games.Text, after.PasswordHash,
            after.MustChangePassword ? 1 : 0, after.IsDisabled ? 1 : 0, after.Version, after.CodeSecret, after.NewCodeSecret,
            after.CodeStep, after.UpdatedMs) == 1;

    /// <summary>Marks the code of a time step as used.</summary>
    /// <returns>False: it, or a later one, was used before, or the operator was changed.</returns>
    public static async ValueTask<bool> UseStepAsync(Transaction transaction, Operator one, long step) =>
        await transaction.ExecuteAsync(UseStepSql, one.Key, one.Version, step) == 1;

    public static ValueTask<Operator?> FindAsync(Transaction transaction, string name) =>
        transaction.FindAsync(FindSql, Read, Operator.KeyOf(name));

    public static async ValueTask<long> CountAsync(Transaction transaction) =>
        (await transaction.QueryAsync(CountSql, row => row.GetInt64(0)))[0];

    /// <summary>All operators, newest first.</summary>
    public static ValueTask<List<Operator>> ListAsync(Transaction transaction) => transaction.QueryAsync(ListSql, Read);

    private static Operator Read(DbDataReader row) => new()
    {
        Name = row.GetString(0),
        Role = (Role)row.GetInt32(1),
        Games = GameLimit.FromStore(row.Text(2)),
        PasswordHash = row.GetString(3),
        MustChangePassword = row.GetInt32(4) == 1,
        IsDisabled = row.GetInt32(5) == 1,
        Version = row.GetInt64(6),
        CodeSecret = row.Text(7),
        NewCodeSecret = row.Text(8),
        CodeStep = row.GetInt64(9),
        CreatedMs = row.GetInt64(10),
        UpdatedMs = row.GetInt64(11),
    };
}
