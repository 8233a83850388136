namespace OrderCenter.Persistence.Keys;

/// <summary>What a pass over all sealed texts has found.</summary>
public sealed class KeyReport
{
    /// <summary>How many texts that cannot be read are named; the others are counted.</summary>
    public const int FaultsMax = 100;

    private readonly Dictionary<(string KeyId, string Column), long> _counts = [];
    private readonly List<string> _faults = [];

    /// <summary>How many texts there are of each key and column.</summary>
    public IReadOnlyDictionary<(string KeyId, string Column), long> Counts => _counts;

    /// <summary>Texts that cannot be read, with why: at most <see cref="FaultsMax"/>.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How many texts cannot be read.</summary>
    public long Unreadable { get; private set; }

    /// <summary>How many texts were sealed anew.</summary>
    public long Resealed { get; internal set; }

    /// <summary>How many were not, since another writer had changed their rows.</summary>
    public long Missed { get; internal set; }

    /// <summary>How many texts there are of a key.</summary>
    public long CountOf(string keyId) => _counts.Where(count => count.Key.KeyId == keyId).Sum(count => count.Value);

    internal void Add(string keyId, SealedColumn column)
    {
        var name = column.ToString();
        _counts[(keyId, name)] = _counts.GetValueOrDefault((keyId, name)) + 1;
    }

    internal void AddUnreadable(string fault)
    {
        Unreadable++;
        if (_faults.Count < FaultsMax)
        {
            _faults.Add(fault);
        }
    }
}
