using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace OrderCenter.Bench;

/// <summary>The limit "bare Kestrel": no middleware, no store; ASP.NET's own reader of forms and queries, the same MD5 over the sorted parameters, a small
/// JSON answer.</summary>
internal static class BareKestrel
{
    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
        });
        await using var app = builder.Build();
        app.MapPost(Requests.CreatePath, async context => await AnswerAsync(context, await context.Request.ReadFormAsync()));
        app.MapGet(Requests.QueryPath, context => AnswerAsync(context, context.Request.Query));
        await app.StartAsync();
        Console.WriteLine($"Now listening on: {app.Urls.First()}");
        await app.WaitForShutdownAsync();
    }

    private static Task AnswerAsync(HttpContext context, IEnumerable<KeyValuePair<string, StringValues>> received)
    {
        var isSigned = IsSigned(received);
        return context.Response.WriteAsJsonAsync(
            new BareAnswer(isSigned ? 0 : 1, isSigned ? "success" : "refused", new BareData("10011554867699875662")), BareJson.Default.BareAnswer);
    }

    private static bool IsSigned(IEnumerable<KeyValuePair<string, StringValues>> received)
    {
        var sign = "";
        var parameters = new List<KeyValuePair<string, string>>(16);
        foreach (var (name, value) in received)
        {
            if (name == "sign")
            {
                sign = value.ToString();
            }
            else
            {
                parameters.Add(new(name, value.ToString()));
            }
        }
        parameters.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var text = new StringBuilder(512);
        foreach (var (name, value) in parameters)
        {
            text.Append(name).Append('=').Append(value).Append('&');
        }
        var signed = text.Append(Requests.Secret).ToString();
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(signed.Length));
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(signed, bytes)), digest);
        ArrayPool<byte>.Shared.Return(bytes);
        return Convert.ToHexStringLower(digest) == sign;
    }
}

internal sealed record BareData([property: JsonPropertyName("platorderid")] string PlatOrderId);

internal sealed record BareAnswer(
    [property: JsonPropertyName("resultCode")] int ResultCode,
    [property: JsonPropertyName("resultMessage")] string ResultMessage,
    [property: JsonPropertyName("data")] BareData Data);

[JsonSerializable(typeof(BareAnswer))]
internal sealed partial class BareJson : JsonSerializerContext;
