using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>WeChat Pay's trade bills: the address of a day's file with its hash, and the file.</summary>
public sealed partial class WeChatPay
{
    private const string BillPath = "/v3/bill/tradebill";
    private const string BillFilePath = "/v3/billdownload/file";
    private readonly ConcurrentDictionary<string, (byte[] File, string Hash)> _bills = new(StringComparer.Ordinal);

    /// <summary>Publishes the bill of a day (<c>yyyy-MM-dd</c>).</summary>
    /// <param name="day">The day.</param>
    /// <param name="csv">The file.</param>
    /// <param name="isChanged">Whether the file that is downloaded differs by one byte from the one that was hashed.</param>
    public void PublishBill(string day, byte[] csv, bool isChanged = false)
    {
#pragma warning disable CA5350 // WeChat Pay's choice.
        var hash = Convert.ToHexStringLower(SHA1.HashData(csv));
#pragma warning restore CA5350
        var file = csv.ToArray();
        file[^1] ^= (byte)(isChanged ? 1 : 0);
        _bills[day] = (file, hash);
    }

    private (int Status, string Answer) AnswerBill(HttpRequest request)
    {
        var day = request.Query["bill_date"].ToString();
        return _bills.TryGetValue(day, out var bill)
            ? (200, $$"""{"hash_type":"SHA1","hash_value":"{{bill.Hash}}","download_url":"{{new Uri(_server.Address, $"{BillFilePath}?token={day}")}}"}""")
            : (400, """{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}""");
    }

    /// <summary>The file comes without WeChat's signature, to a request that bears the merchant's.</summary>
    private async Task<bool> TryServeBillAsync(HttpContext context)
    {
        if (context.Request.Path.Value != BillFilePath)
        {
            return false;
        }
        if (!IsSigned(context.Request, ""))
        {
            context.Response.StatusCode = 401;
            return true;
        }
        await context.Response.Body.WriteAsync(_bills[context.Request.Query["token"].ToString()].File);
        return true;
    }
}
