using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>Where Apple and Google publish their reports: App Store Connect's sales reports for a key of the account, and a bucket of Google Cloud Storage for whoever
/// has a token. Safe for concurrent use.</summary>
public sealed class ReportServer : IAsyncDisposable
{
    public const string VendorNumber = "85012345";
    public const string KeyId = "RPT1234567";
    public const string IssuerId = "57246542-96fe-1a63-e053-0824d011072a";
    public const string Bucket = "pubsite_prod_rev_01234567890987654321";

    private readonly TimeProvider _clock;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, byte[]> _sales = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private StoreServer _server = null!;

    private ReportServer(TimeProvider clock) => _clock = clock;

    public Uri Address => _server.Address;

    public PlatformFault Fault { get; set; }

    /// <summary>What was asked for, by path.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The settings of an app's channel <c>apple</c> that go with this server.</summary>
    public Dictionary<string, object> AppleSettings(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["bundleId"] = "com.example.app",
            ["issuerId"] = IssuerId,
            ["vendorNumber"] = VendorNumber,
            ["reportsKeyId"] = KeyId,
            ["reportsPrivateKey"] = _key.ExportPkcs8PrivateKeyPem(),
            ["connectApiBase"] = Address.AbsoluteUri,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }
        return settings;
    }

    public static async Task<ReportServer> StartAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var reports = new ReportServer(clock);
        reports._server = await StoreServer.StartAsync(reports.ServeAsync, cancellationToken);
        return reports;
    }

    /// <summary>Publishes Apple's sales report of a day (<c>yyyy-MM-dd</c>) or month (<c>yyyy-MM</c>).</summary>
    public void PublishSales(string date, byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(text);
        }
        _sales[date] = packed.ToArray();
    }

    /// <summary>Puts Google's earnings report of a month (<c>yyyyMM</c>) into the bucket.</summary>
    public void PublishEarnings(string month, byte[] csv)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry($"PlayApps_{month}.csv").Open();
            entry.Write(csv);
        }
        _objects[$"earnings/earnings_{month}_1234567890123456-1.zip"] = packed.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private async Task ServeAsync(StoreServer server, HttpContext context, byte[] body)
    {
        var path = context.Request.Path.Value!;
        Calls.Enqueue(path);
        if (await server.TryFailAsync(context, Fault, _clock))
        {
            return;
        }
        var query = context.Request.Query;
        var bearer = context.Request.Headers.Authorization.ToString();
        if (path == "/v1/salesReports")
        {
            var isRight = IsSigned(bearer) && query["filter[vendorNumber]"] == VendorNumber && query["filter[reportType]"] == "SALES"
                && query["filter[reportSubType]"] == "SUMMARY" && query["filter[frequency]"] is [var frequency]
                && query["filter[reportDate]"].ToString().Length == (frequency == "DAILY" ? 10 : 7);
            await WriteAsync(
                context,
                !isRight ? (403, """{"errors":[{"status":"403","code":"FORBIDDEN_ERROR"}]}"""u8.ToArray())
                : _sales.TryGetValue(query["filter[reportDate]"].ToString(), out var report) ? (200, report)
                : (404, """{"errors":[{"status":"404","code":"NOT_FOUND","title":"The request expected results but none were found","detail":"There were no sales for the date specified."}]}"""u8.ToArray()));
            return;
        }
        var objects = $"/storage/v1/b/{Bucket}/o";
        if (bearer.Length <= "Bearer ".Length)
        {
            await WriteAsync(context, (401, []));
        }
        else if (path == objects)
        {
            var prefix = query["prefix"].ToString();
            var names = _objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
            await WriteAsync(context, (200, Encoding.UTF8.GetBytes($$"""{"kind":"storage#objects","items":[{{string.Join(",", names.Select(name => $$"""{"name":"{{name}}","updated":"2026-12-05T00:00:00Z"}"""))}}]}""")));
        }
        else
        {
            await WriteAsync(
                context,
                path.StartsWith(objects + "/", StringComparison.Ordinal) && query["alt"] == "media"
                    && _objects.TryGetValue(Uri.UnescapeDataString(path[(objects.Length + 1)..]), out var found) ? (200, found) : (404, []));
        }
    }

    private bool IsSigned(string bearer)
    {
        if (bearer.Split(' ') is not ["Bearer", var token] || token.Split('.') is not [var head, var claims, var signature])
        {
            return false;
        }
        using var header = JsonDocument.Parse(Decode(head));
        using var payload = JsonDocument.Parse(Decode(claims));
        return header.RootElement.GetProperty("alg").GetString() == "ES256" && header.RootElement.GetProperty("kid").GetString() == KeyId
            && payload.RootElement.GetProperty("iss").GetString() == IssuerId && payload.RootElement.GetProperty("aud").GetString() == "appstoreconnect-v1"
            && payload.RootElement.GetProperty("exp").GetInt64() > _clock.GetUtcNow().ToUnixTimeSeconds()
            && _key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{claims}"), Decode(signature), HashAlgorithmName.SHA256);
    }

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static async Task WriteAsync(HttpContext context, (int Status, byte[] Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        await context.Response.Body.WriteAsync(answer.Body);
    }
}
