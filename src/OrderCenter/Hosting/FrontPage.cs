using System.Text;

namespace OrderCenter.Hosting;

/// <summary><c>GET /</c>: a page with links, for people who open the address in a browser.</summary>
internal static class FrontPage
{
    private static readonly byte[] Html = Encoding.UTF8.GetBytes($$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>OrderCenter</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.4rem}</style>
        </head>
        <body>
        <h1>OrderCenter {{Version.Text}}</h1>
        <p>The order center of a game platform: orders, payment verification, callbacks to game servers.</p>
        <ul>
        <li><a href="/console/">Console</a> for operators</li>
        <li><a href="/scalar/">Native API</a>, under <code>/api/v1</code>; its <a href="/openapi/v1.json">OpenAPI document</a></li>
        <li>Health: <a href="/healthz/ready">ready</a>, <a href="/healthz/live">live</a>; <a href="/metrics">metrics</a></li>
        <li>Documents: <code>README.md</code> and <code>docs/</code> of this program's sources</li>
        </ul>
        <section lang="zh-CN">
        <p>游戏平台的订单中心：下单、支付校验、通知游戏服务器。</p>
        <ul>
        <li>操作员<a href="/console/">控制台</a></li>
        <li><a href="/scalar/">原生接口</a>，路径 <code>/api/v1</code>；<a href="/openapi/v1.json">OpenAPI 文档</a></li>
        <li>健康检查：<a href="/healthz/ready">就绪</a>、<a href="/healthz/live">存活</a>；<a href="/metrics">指标</a></li>
        <li>文档：源代码中的 <code>README.zh-CN.md</code> 和 <code>docs/</code></li>
        </ul>
        </section>
        </body>
        </html>

        """);

    public static void MapFrontPage(this IEndpointRouteBuilder routes) => routes.MapMethods("/", ["GET", "HEAD"], static async context =>
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = Html.Length;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(Html, context.RequestAborted);
        }
    }).ExcludeFromDescription();
}
