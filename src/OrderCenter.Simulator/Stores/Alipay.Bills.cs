using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>Alipay's bills: the address of a day's archive, and the archive with the lines and their sums.</summary>
public sealed partial class Alipay
{
    private const string BillMethod = "alipay.data.dataservice.bill.downloadurl.query";
    private const string BillPath = "/downloadBillFile.resource";
    private readonly ConcurrentDictionary<string, byte[]> _bills = new(StringComparer.Ordinal);

    /// <summary>Publishes the bill of a day (<c>yyyy-MM-dd</c>): the file as a merchant would unpack it.</summary>
    public void PublishBill(string day, byte[] csv)
    {
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true, gbk))
        {
            Add($"20881234567890120156_{day.Replace("-", "", StringComparison.Ordinal)}_业务明细(汇总).csv", gbk.GetBytes("#支付宝业务汇总查询\n门店编号,门店名称\n" + new string(' ', csv.Length)));
            Add($"20881234567890120156_{day.Replace("-", "", StringComparison.Ordinal)}_业务明细.csv", csv);

            void Add(string name, byte[] content)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        _bills[day] = packed.ToArray();
    }

    /// <summary>Publishes any bytes as a day's archive.</summary>
    public void PublishArchive(string day, byte[] bytes) => _bills[day] = bytes;

    private string AnswerBill(string? day) => day is not null && _bills.ContainsKey(day)
        ? $$"""{"code":"10000","msg":"Success","bill_download_url":"{{new Uri(_server.Address, $"{BillPath}?bizDates={day}")}}"}"""
        : """{"code":"40004","msg":"Business Failed","sub_code":"isp.bill_not_exist","sub_msg":"账单不存在"}""";

    private async Task<bool> TryServeBillAsync(HttpContext context)
    {
        if (context.Request.Path.Value != BillPath)
        {
            return false;
        }
        await context.Response.Body.WriteAsync(_bills[context.Request.Query["bizDates"].ToString()]);
        return true;
    }
}
