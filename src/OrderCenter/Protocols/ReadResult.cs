namespace OrderCenter.Protocols;

/// <summary>A request that was read, or why it cannot be.</summary>
/// <param name="Request">Null when it cannot be read.</param>
/// <param name="Status">The HTTP status of a request that never reaches the protocol (413, 415, 408, 400, 503); 200 where the protocol's
/// own envelope refuses it.</param>
/// <param name="Fault">What is wrong and what is allowed.</param>
public readonly record struct ReadResult<T>(T? Request, int Status, string Fault)
    where T : class
{
    public ReadResult(T request)
        : this(request, StatusCodes.Status200OK, "")
    {
    }

    /// <summary>A fault of the content, which is refused in the protocol's own envelope.</summary>
    public ReadResult(string fault)
        : this(null, StatusCodes.Status200OK, fault)
    {
    }
}
