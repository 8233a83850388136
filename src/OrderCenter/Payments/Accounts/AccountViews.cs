using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OrderCenter.Domain;

namespace OrderCenter.Payments.Accounts;

/// <summary>An app as a channel sees it that knows one account: with the settings of that account in the channel's place. A view is made
/// once for each state of the app, so that what a channel keeps by app is kept by account.</summary>
internal sealed class AccountViews(IChannel channel)
{
    private const string WayField = "way";

    private readonly ConditionalWeakTable<App, ConcurrentDictionary<string, App>> _views = [];

    /// <summary>Whether the app has the channel with several accounts.</summary>
    public bool HasSeveral(App app) => app.Channels.TryGetValue(channel.Name, out var settings) && ChannelAccounts.AreIn(settings);

    /// <summary>Every account, in the order of the settings; the app itself where it has but one.</summary>
    public IReadOnlyList<(string? Name, App View)> All(App app) => HasSeveral(app)
        ? [.. ChannelAccounts.Read(app.Channels[channel.Name])
            .Select(account => ((string?)account.Name, View(app, account.Name, account.Settings)))]
        : [(null, app)];

    /// <summary>The account that an order's payment begins with.</summary>
    /// <returns>Null: none, and the fault says what to name.</returns>
    public App? Begin(App app, Order order, out string fault)
    {
        fault = "";
        if (!app.Channels.TryGetValue(channel.Name, out var settings))
        {
            return app;
        }
        var way = order.Attribute(PaymentChoice.WayAttribute);
        if (!HasSeveral(app))
        {
            if (order.Attribute(PaymentChoice.AccountAttribute).Length > 0)
            {
                fault = $"account must be left out: the app has one account of channel {channel.Name}";
                return null;
            }
            return InWay(app, null, settings, way, ref fault);
        }
        var accounts = ChannelAccounts.Read(settings);
        if (Choose(accounts, ChannelAccounts.DefaultOf(settings), order.Attribute(PaymentChoice.AccountAttribute), way) is not { } chosen)
        {
            fault = $"account must be one of {string.Join(", ", accounts.Select(account => account.Name))}";
            return null;
        }
        return InWay(app, chosen.Name, chosen.Settings, way, ref fault);
    }

    /// <summary>The accounts that may know an order's payment: the one that proved it; where that is not known, as before it is
    /// paid.</summary>
    public IReadOnlyList<(string? Name, App View)> Of(App app, Order order, Payment? payment) =>
        payment?.Account is { } name && HasSeveral(app) && All(app).Where(account => account.Name == name).ToList() is { Count: 1 } proven
            ? proven
            : Of(app, order);

    /// <summary>The accounts that may know an order's payment: the one that it names, or all, the likeliest first.</summary>
    public IReadOnlyList<(string? Name, App View)> Of(App app, Order order)
    {
        var all = All(app);
        if (all.Count == 1)
        {
            return all;
        }
        var (settings, name) = (app.Channels[channel.Name], order.Attribute(PaymentChoice.AccountAttribute));
        if (Choose(
            ChannelAccounts.Read(settings), ChannelAccounts.DefaultOf(settings), name, order.Attribute(PaymentChoice.WayAttribute))
            is not { } first)
        {
            return all;
        }
        return name.Length > 0
            ? [.. all.Where(account => account.Name == first.Name)]
            : [.. all.OrderBy(account => account.Name != first.Name)];
    }

    /// <summary>By name; else the one account that pays in that way; else the default; else the only one.</summary>
    private (string Name, JsonElement Settings)? Choose(
        IReadOnlyList<(string Name, JsonElement Settings)> accounts, string? byDefault, string name, string way)
    {
        (string Name, JsonElement Settings)? Named(string? wanted) =>
            accounts.Where(account => account.Name == wanted).Select(account => ((string, JsonElement)?)account).FirstOrDefault();

        if (name.Length > 0)
        {
            return Named(name);
        }
        var inWay = way.Length == 0 ? [] : accounts.Where(account => IsWay(account.Settings, way)).ToList();
        return inWay.Count == 1 ? inWay[0] : Named(byDefault) ?? (accounts.Count == 1 ? accounts[0] : null);
    }

    private bool IsWay(JsonElement settings, string way) => string.Equals(channel.WayOf(settings), way, StringComparison.OrdinalIgnoreCase);

    /// <summary>The account's view, paid in the way that the order names.</summary>
    private App? InWay(App app, string? name, JsonElement settings, string way, ref string fault)
    {
        if (way.Length == 0 || IsWay(settings, way))
        {
            return name is null ? app : View(app, name, settings);
        }
        if (channel.WayOf(settings) is null)
        {
            fault = $"way must be left out: channel {channel.Name} has one way";
            return null;
        }
        var changed = WithWay(settings, way);
        if (channel.Faults(changed).FirstOrDefault() is { } refused)
        {
            fault = refused;
            return null;
        }
        return View(app, $"{name}/{way}", changed);
    }

    private App View(App app, string key, JsonElement settings) => _views.GetOrCreateValue(app).GetOrAdd(
        key, _ => app with
        {
            Channels = new Dictionary<string, JsonElement>(app.Channels, StringComparer.Ordinal) { [channel.Name] = settings },
        });

    private static JsonElement WithWay(JsonElement settings, string way)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in settings.EnumerateObject().Where(member => member.Name != WayField))
            {
                member.WriteTo(json);
            }
            json.WriteString(WayField, way);
            json.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
