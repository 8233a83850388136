using System.IO.Compression;
using System.Text;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Channels.Shared;

/// <summary>A statement that was downloaded, plain or packed.</summary>
internal static class StatementFile
{
    /// <summary>More files than any store puts into one archive.</summary>
    private const int EntriesMax = 64;

    /// <summary>Opens a file that is compressed by gzip, as Apple's are, or plain.</summary>
    public static StatementFetch OpenGzip(FileStream file)
    {
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return new StatementFetch.Found(isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file, file);
    }

    /// <summary>Opens the largest table of a zip archive.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="isTable">Whether a file of that name is a table that may be opened.</param>
    public static StatementFetch OpenZip(FileStream file, Func<string, bool> isTable)
    {
        try
        {
            // Names without the mark for UTF-8 are in China's encoding.
            var archive = new ZipArchive(
                file, ZipArchiveMode.Read, leaveOpen: false, CodePagesEncodingProvider.Instance.GetEncoding("gb18030"));
            var table = archive.Entries.Count > EntriesMax
                ? null
                : archive.Entries.Where(entry => isTable(entry.Name)).MaxBy(entry => entry.Length);
            if (table is not null)
            {
                return new StatementFetch.Found(table.Open(), archive);
            }
            archive.Dispose();
        }
        catch (InvalidDataException)
        {
            file.Dispose();
        }
        return new StatementFetch.TryLater("the downloaded file is no zip archive that holds a statement");
    }
}
