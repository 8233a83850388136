using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using OrderCenter.Hosting;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary><c>/console/</c> (contract.md, "The console"): the document at every address, files that never change, and headers that keep strangers out.</summary>
public sealed partial class ConsoleFilesTests(Service service) : IClassFixture<Service>
{
    private const string NotBuilt = "the console was not built with this program: npm is missing, or -p:BuildConsole=false was given";

    [Theory]
    [InlineData("/console/")]
    [InlineData("/console/index.html")]
    [InlineData("/console/sign-in?back=%2Forders")]
    [InlineData("/console/orders/90000000011795966745902174")]
    [InlineData("/console/no/such/page")]
    public async Task Every_address_is_the_document_and_is_asked_for_again(string path)
    {
        using var response = await service.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        var policy = PolicyOf(response);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_without_a_slash_leads_to_the_one_with_it()
    {
        using var response = await service.Http.GetAsync("/console?a=b");
        Assert.Equal("/console/?a=b", response.RequestMessage?.RequestUri?.PathAndQuery);
    }

    [Fact]
    public async Task Each_answer_has_a_nonce_of_its_own()
    {
        Assert.SkipUnless(new ConsoleFiles().IsBuilt, NotBuilt);
        var nonces = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            using var response = await service.Http.GetAsync("/console/");
            var nonce = Nonce().Match(PolicyOf(response)).Groups["nonce"].Value;
            Assert.Contains($"nonce=\"{nonce}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.True(nonces.Add(nonce));
        }
    }

    [Fact]
    public async Task A_file_with_its_hash_in_its_name_never_changes_and_comes_compressed()
    {
        Assert.SkipUnless(new ConsoleFiles().IsBuilt, NotBuilt);
        var script = Script().Match(await service.Http.GetStringAsync("/console/")).Groups["path"].Value;
        using var plain = await service.Http.GetAsync(script);
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal("text/javascript", plain.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", plain.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", Assert.Single(plain.Headers.GetValues("X-Content-Type-Options")));

        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var compressed = await service.Http.SendAsync(request);
        Assert.Equal("gzip", Assert.Single(compressed.Content.Headers.ContentEncoding));
        await using var gzip = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await reader.ReadToEndAsync());

        using var again = new HttpRequestMessage(HttpMethod.Get, script);
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        using var unchanged = await service.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task A_file_of_another_version_is_not_found_and_not_the_document()
    {
        using var response = await service.Http.GetAsync("/console/assets/index-00000000.js");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Asking_for_the_headers_only_brings_no_document()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/console/");
        using var response = await service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void Where_npm_was_missing_the_page_says_what_to_install()
    {
        Assert.Contains("Install Node.js", ConsoleFiles.MissingPage, StringComparison.Ordinal);
        Assert.Contains("请安装 Node.js", ConsoleFiles.MissingPage, StringComparison.Ordinal);
    }

    private static string PolicyOf(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

    [GeneratedRegex("'nonce-(?<nonce>[^']+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Nonce();

    [GeneratedRegex("src=\"(?<path>/console/assets/[^\"]+\\.js)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}
