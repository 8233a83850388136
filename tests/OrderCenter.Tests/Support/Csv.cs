using System.Text;

namespace OrderCenter.Tests.Support;

/// <summary>Reads CSV by RFC 4180, with a reading of its own: every record, every cell, quotes, doubled quotes and line breaks in them.</summary>
internal static class Csv
{
    /// <summary>The records of a document with the byte order mark in front.</summary>
    public static List<List<string>> Read(byte[] document)
    {
        Assert.Equal([0xEF, 0xBB, 0xBF], document[..3]);
        return Read(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document.AsSpan(3)));
    }

    public static List<List<string>> Read(string text)
    {
        var (records, record, cell) = (new List<List<string>>(), new List<string>(), new StringBuilder());
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '"')
            {
                for (i++; text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"'); i++)
                {
                    i += text[i] == '"' ? 1 : 0;
                    cell.Append(text[i]);
                }
                i++;
                Assert.True(i == text.Length || text[i] is ',' or '\r', $"after a quote at {i}");
            }
            else if (text[i] == ',')
            {
                record.Add(cell.ToString());
                cell.Clear();
                i++;
            }
            else if (text[i] == '\r')
            {
                Assert.Equal('\n', text[i + 1]);
                record.Add(cell.ToString());
                records.Add(record);
                (record, i) = ([], i + 2);
                cell.Clear();
            }
            else
            {
                Assert.NotEqual('\n', text[i]);
                cell.Append(text[i++]);
            }
        }
        Assert.True(record.Count == 0 && cell.Length == 0, "the last record does not end");
        Assert.All(records, one => Assert.Equal(records[0].Count, one.Count));
        return records;
    }
}
