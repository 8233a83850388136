using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OrderCenter.Channels.Shared;

/// <summary>Imported copies of one key. .NET promises nothing for concurrent use of one key object, and importing costs more than a check,
/// so a copy is used by one caller at a time and kept.</summary>
internal sealed class KeyPool<T>(Func<T> import)
    where T : AsymmetricAlgorithm
{
    private static readonly int IdleMax = Environment.ProcessorCount;
    private readonly ConcurrentQueue<T> _idle = new();

    /// <summary>A copy for this caller alone, until it is disposed of.</summary>
    public Rental Rent() => new(this, _idle.TryDequeue(out var idle) ? idle : import());

    private void Return(T key)
    {
        if (_idle.Count < IdleMax)
        {
            _idle.Enqueue(key);
        }
        else
        {
            key.Dispose();
        }
    }

    internal readonly struct Rental(KeyPool<T> pool, T key) : IDisposable
    {
        public T Key => key;

        public void Dispose() => pool.Return(key);
    }
}
