namespace OrderCenter.Persistence;

/// <summary>What one session keeps for each statement. Used by one thread.</summary>
/// <param name="make">Makes it at the first use.</param>
internal sealed class StatementCache<T>(Func<SqlStatement, T> make)
    where T : class
{
    private T?[] _kept = new T?[256];

    public IEnumerable<T> All => _kept.OfType<T>();

    public T this[SqlStatement statement]
    {
        get
        {
            var index = statement.Index;
            if (index >= _kept.Length)
            {
                Array.Resize(ref _kept, Math.Max(2 * _kept.Length, index + 1));
            }
            return _kept[index] ??= make(statement);
        }
    }
}
