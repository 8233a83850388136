using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace OrderCenter.Hosting;

/// <summary><c>GET /openapi/v1.json</c>: the description of the native API, and <c>/scalar/</c>: the same as a page to browse. The
/// description is generated once, at the first request, because that takes tens of milliseconds, and is sent with an
/// <c>ETag</c>.</summary>
internal sealed class ApiDescription(IServiceProvider services) : IDisposable
{
    private readonly SemaphoreSlim _generating = new(1, 1);
    private volatile Document? _document;

    private const string Path = "/openapi/v1.json";

    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "font-src 'self' data:";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (RequestDelegate)ActivatorUtilities.CreateInstance<ApiDescription>(routes.ServiceProvider).RespondAsync)
            .ExcludeFromDescription();

        // Nothing of the page comes from elsewhere, and nothing is sent elsewhere.
        routes.MapScalarApiReference("/scalar", static (page, context) =>
        {
            page.Title = "OrderCenter";
            page.OpenApiRoutePattern = Path;
            page.DefaultFonts = false;
            page.Telemetry = false;
            page.HideClientButton = true;
            page.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            page.DisableAgent().DisableMcp();
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        }).ExcludeFromDescription();
    }

    public void Dispose() => _generating.Dispose();

    private async Task RespondAsync(HttpContext context)
    {
        var made = _document ?? await GenerateAsync(context.RequestAborted);
        var response = context.Response;
        response.Headers.ETag = made.Tag;
        response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(made.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json;charset=utf-8";
        response.ContentLength = made.Json.Length;
        await response.Body.WriteAsync(made.Json, context.RequestAborted);
    }

    private async Task<Document> GenerateAsync(CancellationToken cancellationToken)
    {
        await _generating.WaitAsync(cancellationToken);
        try
        {
            if (_document is not { } made)
            {
                // Without the request: the address that one caller used must not appear in the response to the next.
                var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1")
                    .GetOpenApiDocumentAsync(CancellationToken.None);
                using var json = new MemoryStream();
                await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
                var bytes = json.ToArray();
                _document = made = new Document(bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
            }
            return made;
        }
        finally
        {
            _generating.Release();
        }
    }

    private sealed record Document(byte[] Json, string Tag);
}
