using System.Buffers;
using System.Collections;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>One prepared statement of one connection, and the row that it stands on. Straight over SQLite's own calls: for statements
/// that take a few microseconds, ADO.NET's commands, parameters and readers cost more than SQLite does (measured: a third of the writer's
/// time).</summary>
internal sealed class SqliteStatement : DbDataReader
{
    private const int BytesOnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;


    /// <summary>Where the parameters <c>$1</c>, <c>$2</c>, … stand: to SQLite they are names, numbered as they come first in the
    /// text.</summary>
    private readonly int[] _positions;

    /// <exception cref="SqliteException">The statement is wrong.</exception>
    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Require(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        FieldCount = raw.sqlite3_column_count(_statement);
        _positions = new int[raw.sqlite3_bind_parameter_count(_statement)];
        for (var i = 0; i < _positions.Length; i++)
        {
            _positions[i] = raw.sqlite3_bind_parameter_index(_statement, "$" + (i + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    public override int FieldCount { get; }

    public override int Depth => 0;

    public override bool HasRows => throw new NotSupportedException();

    public override bool IsClosed => false;

    public override int RecordsAffected => raw.sqlite3_changes(_database);

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => throw new NotSupportedException();

    /// <summary>Runs it to its end.</summary>
    /// <returns>The number of rows it changed.</returns>
    public int Execute(object?[] parameters)
    {
        Bind(parameters);
        try
        {
            while (Read())
            {
            }
            return RecordsAffected;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public List<T> Query<T>(Func<DbDataReader, T> read, object?[] parameters)
    {
        Bind(parameters);
        var rows = new List<T>();
        try
        {
            while (Read())
            {
                rows.Add(read(this));
            }
            return rows;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public override bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Require(result);
        }
        return result == raw.SQLITE_ROW;
    }

    public override bool IsDBNull(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) == raw.SQLITE_NULL;

    public override long GetInt64(int ordinal) => raw.sqlite3_column_int64(_statement, ordinal);

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override string GetString(int ordinal) =>
        raw.sqlite3_column_text(_statement, ordinal).utf8_to_string() ?? throw new InvalidOperationException($"column {ordinal} is null");

    public override object GetValue(int ordinal) => raw.sqlite3_column_type(_statement, ordinal) switch
    {
        raw.SQLITE_NULL => DBNull.Value,
        raw.SQLITE_INTEGER => GetInt64(ordinal),
        raw.SQLITE_TEXT => GetString(ordinal),
        var type => throw new NotSupportedException($"column {ordinal} has SQLite's type {type}; the schema has integers and texts only"),
    };

    public override bool NextResult() => false;

    public override bool GetBoolean(int ordinal) => throw new NotSupportedException();

    public override byte GetByte(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override string GetDataTypeName(int ordinal) => throw new NotSupportedException();

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException();

    public override decimal GetDecimal(int ordinal) => throw new NotSupportedException();

    public override double GetDouble(int ordinal) => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)]
    public override Type GetFieldType(int ordinal) => throw new NotSupportedException();

    public override float GetFloat(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override short GetInt16(int ordinal) => throw new NotSupportedException();

    public override string GetName(int ordinal) => throw new NotSupportedException();

    public override int GetOrdinal(string name) => throw new NotSupportedException();

    public override int GetValues(object[] values) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _statement.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Bind(object?[] parameters)
    {
        for (var i = 0; i < _positions.Length; i++)
        {
            Require(parameters[i] switch
            {
                null => raw.sqlite3_bind_null(_statement, _positions[i]),
                string text => BindText(_positions[i], text),
                long number => raw.sqlite3_bind_int64(_statement, _positions[i], number),
                int number => raw.sqlite3_bind_int64(_statement, _positions[i], number),
                var other =>
                    throw new InvalidOperationException(
                        $"a parameter of a statement is a {other.GetType().Name}; allowed: string, long, int, null"),
            });
        }
    }

    private int BindText(int position, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var bytes = most <= BytesOnStack ? stackalloc byte[BytesOnStack] : (rented = ArrayPool<byte>.Shared.Rent(most));
        try
        {
            var length = Encoding.UTF8.GetBytes(text, bytes);
            return raw.sqlite3_bind_text(_statement, position, bytes[..length]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private void Require(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteException(
                raw.sqlite3_errmsg(_database).utf8_to_string(), result & 0xff, raw.sqlite3_extended_errcode(_database));
        }
    }
}
