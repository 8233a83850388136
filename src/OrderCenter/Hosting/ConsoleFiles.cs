using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;

namespace OrderCenter.Hosting;

/// <summary><c>/console/</c>: the operators' console, whose files are part of this program. Files with a content hash in their name never
/// change; every other address is the document, in which each answer has a nonce of its own for the styles.</summary>
internal sealed class ConsoleFiles
{
    public const string Root = "/console";

    /// <summary>How the files are named among the resources of this program; src/OrderCenter.csproj embeds them.</summary>
    public const string ResourcePrefix = "console/";

    private const string DocumentName = "index.html";
    private const string HashedFolder = "assets/";

    /// <summary>What the build leaves in the document where the nonce is to stand (src/console/vite.config.ts).</summary>
    private const string NoncePlace = "NONCE_OF_THIS_ANSWER";
    private const int NonceBytes = 16;
    private const string TypeDefault = "application/octet-stream";
    private const string HtmlType = "text/html; charset=utf-8";

    private static readonly FileExtensionContentTypeProvider s_types = new();
    private static readonly FrozenSet<string> s_compressible = new[] { ".js", ".css", ".svg", ".json" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, Lazy<ConsoleFile>> _files;
    private readonly string _document;

    public ConsoleFiles()
    {
        var assembly = typeof(ConsoleFiles).Assembly;
        _files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[ResourcePrefix.Length..].Replace('\\', '/'),
                name => new Lazy<ConsoleFile>(() => Load(name)),
                StringComparer.Ordinal);
        _document = _files.TryGetValue(DocumentName, out var document) ? Encoding.UTF8.GetString(document.Value.Bytes) : MissingPage;
    }

    /// <summary>Whether the console was built with this program.</summary>
    public bool IsBuilt => _files.ContainsKey(DocumentName);

    /// <summary>What is shown where the program was built without npm.</summary>
    internal static string MissingPage => """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>OrderCenter</title></head>
        <body>
        <h1>The console was not built</h1>
        <p>This program was built where npm is missing or Node.js is too old. Install Node.js 20.19 or later with npm (on Debian 13 or
        later: <code>apt-get install nodejs npm</code>), and build the program again. Everything else works without the console.</p>
        <section lang="zh-CN">
        <h1>控制台尚未构建</h1>
        <p>构建此程序的机器上没有 npm，或 Node.js 版本过低。请安装 Node.js 20.19 或更高版本及 npm（Debian 13 或更高版本：<code>apt-get install nodejs npm</code>），
        然后重新构建程序。除控制台外，其他功能均可使用。</p>
        </section>
        </body>
        </html>

        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var files = new ConsoleFiles();
        routes.MapMethods(Root + "/{**path}", ["GET", "HEAD"], files.RespondAsync).ExcludeFromDescription();
    }

    private Task RespondAsync(HttpContext context)
    {
        // Relative links and the router begin at /console/.
        if (context.Request.Path.Value == Root)
        {
            context.Response.Redirect(
                $"{context.Request.PathBase}{Root}/{context.Request.QueryString}", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        }
        var path = context.Request.RouteValues["path"] as string ?? "";
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        if (path != DocumentName && _files.TryGetValue(path, out var file))
        {
            return SendFileAsync(context, path, file.Value);
        }

        // A file of another version: the document in its place would be run as a script, and fail in an odd way.
        if (path.StartsWith(HashedFolder, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        return SendDocumentAsync(context);
    }

    private static async Task SendFileAsync(HttpContext context, string path, ConsoleFile file)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = path.StartsWith(HashedFolder, StringComparison.Ordinal)
            ? "public, max-age=31536000, immutable"
            : "no-cache";
        response.Headers.ETag = file.Tag;
        if (request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var bytes = file.Bytes;
        if (file.Compressed is { } compressed)
        {
            response.Headers.Vary = "Accept-Encoding";
            if (request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality is not 0))
            {
                response.Headers.ContentEncoding = "gzip";
                bytes = compressed;
            }
        }
        await SendAsync(context, file.Type, bytes);
    }

    private Task SendDocumentAsync(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";

        // Scripts are our own files only. Ant Design writes its styles into the document: they carry the nonce.
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        return SendAsync(context, HtmlType, Encoding.UTF8.GetBytes(_document.Replace(NoncePlace, nonce, StringComparison.Ordinal)));
    }

    private static async Task SendAsync(HttpContext context, string type, byte[] bytes)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static ConsoleFile Load(string resource)
    {
        using var stream = typeof(ConsoleFiles).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var type = s_types.TryGetContentType(resource, out var known) ? known : TypeDefault;
        return new ConsoleFile(
            bytes, s_compressible.Contains(Path.GetExtension(resource)) ? Compress(bytes) : null,
            type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type,
            $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }
        return target.ToArray();
    }

    private sealed record ConsoleFile(byte[] Bytes, byte[]? Compressed, string Type, string Tag);
}
