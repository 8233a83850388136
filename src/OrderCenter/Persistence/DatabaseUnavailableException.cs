namespace OrderCenter.Persistence;

/// <summary>The database cannot be opened.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
