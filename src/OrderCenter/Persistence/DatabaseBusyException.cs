namespace OrderCenter.Persistence;

/// <summary>Too many work items wait, the database cannot be reached, or it is closing: a transient fault that the caller may
/// retry.</summary>
public sealed class DatabaseBusyException(string message, Exception? inner = null) : Exception(message, inner);
