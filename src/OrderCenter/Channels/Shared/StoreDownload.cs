namespace OrderCenter.Channels.Shared;

/// <summary>The result of downloading a file from a store.</summary>
internal abstract record StoreDownload
{
    private StoreDownload()
    {
    }

    /// <summary>The whole file, at its first byte. It is deleted from the disk when it is disposed.</summary>
    public sealed record Done(FileStream File) : StoreDownload;

    /// <summary>The store answered with something else than 200.</summary>
    public sealed record Answered(int HttpStatus, byte[] Body) : StoreDownload;

    /// <summary>No usable answer: the connection, the time, the size or the disk.</summary>
    public sealed record Failed(string Reason) : StoreDownload;
}
