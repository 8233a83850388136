namespace OrderCenter.Alerts.Facts;

/// <summary>How much room is left where this node writes: the folder of the database's file, or, without one, that of the
/// program.</summary>
internal class DiskSpace(string folder)
{
    public string Folder => folder;

    /// <returns>Null: the system does not say.</returns>
    public virtual Space? Read()
    {
        try
        {
            var drive = new DriveInfo(folder);
            return new Space(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="FreeBytes">What this process may still write.</param>
    /// <param name="TotalBytes">The size of the disk.</param>
    internal sealed record Space(long FreeBytes, long TotalBytes);
}
