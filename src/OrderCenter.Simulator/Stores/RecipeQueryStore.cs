using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrderCenter.Simulator.Stores;

/// <summary>A store that answers a signed query about an order with a signed answer: HMAC-SHA256 over the sorted fields that have a value. It takes only what is
/// signed with the same key.</summary>
public sealed class RecipeQueryStore : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RecipePayment> _payments = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private StoreServer _server = null!;

    private RecipeQueryStore(TimeProvider clock) => _clock = clock;

    public string Key { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public PlatformFault Fault { get; set; }

    /// <summary>Calls whose signature was not the merchant's.</summary>
    public int WrongSignatures { get; private set; }

    /// <summary>The settings of an app's channel for this store; its app there is <c>77</c>.</summary>
    public string Settings => $$"""
        { "key": "{{Key}}", "app": { "appId": "77" }, "recipe": {
          "body": "form", "signature": { "field": "sign", "algorithm": "hmac-sha256", "text": "sorted", "empty": "skip" },
          "order": "order", "transaction": "number", "money": { "field": "price", "unit": "main" }, "currency": { "is": "CNY" },
          "state": { "field": "state", "paid": ["1"], "refunded": ["2"], "ignored": ["0"] }, "app": ["appId"],
          "answers": { "accepted": { "body": "ok" }, "refused": { "body": "no" } },
          "query": { "url": "{{new Uri(_server.Address, "/query")}}", "method": "get", "answer": "json",
            "fields": { "appId": "{app.appId}", "order": "{order}", "uid": "{user}", "ts": "{seconds}" } } } }
        """;

    public static async Task<RecipeQueryStore> StartAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var store = new RecipeQueryStore(clock);
        store._server = await StoreServer.StartAsync(store.ServeAsync, cancellationToken);
        return store;
    }

    /// <summary>The player pays.</summary>
    public void Pay(RecipePayment payment) => _payments[payment.OrderId] = payment;

    /// <summary>The notification of a payment, or of another state of it: a form.</summary>
    public string Notification(RecipePayment payment) =>
        string.Join('&', Signed(payment).Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(StoreServer server, HttpContext context, byte[] body)
    {
        if (await server.TryFailAsync(context, Fault, _clock))
        {
            return;
        }
        var query = context.Request.Query.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        query.Remove("sign", out var sign);
        if (Sign(query, Key) != sign || query["appId"] != "77")
        {
            WrongSignatures++;
            await context.Response.WriteAsync("""{"error":"sign"}""");
            return;
        }
        var payment = _payments.GetValueOrDefault(query["order"]) ?? new RecipePayment(query["order"], "-", 1) { State = "0" };
        var answer = Signed(payment);
        answer["sign"] = Fault switch
        {
            PlatformFault.WrongSign => Sign(answer, "the key of somebody else"),
            PlatformFault.NoSign => "",
            _ => answer["sign"],
        };
        if (Fault == PlatformFault.ChangedAnswer)
        {
            answer["state"] = "1";
            answer["price"] = "6.5";
            answer["number"] = "forged";
        }
        await context.Response.WriteAsync(JsonSerializer.Serialize(answer));
    }

    private Dictionary<string, string> Signed(RecipePayment payment)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["appId"] = "77", ["order"] = payment.OrderId, ["number"] = payment.Transaction, ["state"] = payment.State ?? "1", ["extra"] = payment.Extra,
            ["price"] = (payment.Fen / 100m).ToString(CultureInfo.InvariantCulture),
        };
        fields["sign"] = Sign(fields, Key);
        return fields;
    }

    private static string Sign(IEnumerable<KeyValuePair<string, string>> fields, string key)
    {
        var text = string.Join('&', fields.Where(field => field.Key != "sign" && field.Value.Length > 0).OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
    }
}
