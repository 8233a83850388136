using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>Someone in front of a console: signs in, holds the cookie and the CSRF token, and sends both.</summary>
internal sealed class Person(Uri service) : IDisposable
{
    public const string Password = "correct horse battery 1";
    private static int s_count;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = service };

    public string Name { get; set; } = "";

    public string? Cookie { get; set; }

    public string? Csrf { get; set; }

    public static string NewName(string prefix = "op") => $"{prefix}.{Interlocked.Increment(ref s_count)}";

    /// <summary>An operator with a password of his own, signed in.</summary>
    public static async Task<Person> NewAsync(Service service, string role, params long[] games)
    {
        var (name, first) = await MakeAsync(service, role, games);
        var person = new Person(service.Http.BaseAddress!) { Name = name };
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(first)).Status);
        var (status, json) = await person.CallAsync(HttpMethod.Put, "/session/password", new { password = first, newPassword = Password });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return person;
    }

    /// <summary>Makes an operator by the installation's token.</summary>
    public static async Task<(string Name, string Password)> MakeAsync(Service service, string role, params long[] games)
    {
        var name = NewName();
        var (status, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/operators", new { name, role, games = games.Length == 0 ? null : games });
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        return (name, json.GetProperty("password").GetString()!);
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> SignInAsync(string password = Password, string? code = null)
    {
        using var response = await SendAsync(HttpMethod.Post, "/session", new { name = Name, password, code }, isPlain: true);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (response.IsSuccessStatusCode)
        {
            Cookie = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
            Csrf = json.GetProperty("csrfToken").GetString();
        }
        return (response.StatusCode, json);
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> CallAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, isPlain: false, headers);
        var text = await response.Content.ReadAsStringAsync();
        var json = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies) && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("csrfToken", out var csrf))
        {
            (Cookie, Csrf) = (Assert.Single(cookies).Split(';')[0], csrf.GetString());
        }
        return (response.StatusCode, json);
    }

    /// <summary>Opens an answer that has no end.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1" + path);
        foreach (var (name, value) in headers.Prepend(("Cookie", Cookie!)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, bool isPlain, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (!isPlain && Cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", Cookie);
        }
        if (!isPlain && Csrf is not null)
        {
            request.Headers.TryAddWithoutValidation("X-CSRF-Token", Csrf);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Calls with an API token.</summary>
internal static class TokenCalls
{
    public static async Task<string> NewTokenAsync(this Service service, string role, long[]? games = null, string? expiresAt = null)
    {
        var (status, json) = await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name = Person.NewName("token"), role, games, expiresAt });
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        return json.GetProperty("secret").GetString()!;
    }

    public static async Task<(HttpStatusCode Status, JsonElement Json)> WithTokenAsync(this Service service, string token, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await service.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 || !text.StartsWith('{') ? default : JsonDocument.Parse(text).RootElement);
    }
}
