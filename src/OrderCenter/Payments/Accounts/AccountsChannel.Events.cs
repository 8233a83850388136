using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Payments.Accounts;

/// <summary>What stores report, by account. A notification is kept with the name of the account that it was authentic for, and read as
/// that account's.</summary>
internal sealed partial class AccountsChannel : INotificationHandler, IEventSource
{
    public IReadOnlyList<string> StoredHeaders => [.. channel.Notifications!.StoredHeaders, RawNotification.AccountHeader];

    public TimeSpan Period => channel.Events!.Period;

    public async ValueTask<AuthenticationResult> AuthenticateAsync(
        App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (!_views.HasSeveral(app))
        {
            return await channel.Notifications!.AuthenticateAsync(app, notification, cancellationToken);
        }
        AuthenticationResult? best = null;
        AuthenticationResult.Genuine? ofAnother = null;
        foreach (var (name, view) in _views.All(app))
        {
            switch (await channel.Notifications!.AuthenticateAsync(view, notification, cancellationToken))
            {
                case AuthenticationResult.Genuine { IsForAnother: false } genuine:
                    return genuine with { Account = name };
                case AuthenticationResult.Genuine genuine:
                    ofAnother ??= genuine with { Account = name };
                    break;
                case var result:
                    best = best is AuthenticationResult.TryLater ? best : result;
                    break;
            }
        }

        // Whether it is for an account that could not verify it now is not known: it has to come again.
        return (best is AuthenticationResult.TryLater ? best : ofAnother ?? best)
            ?? new AuthenticationResult.Refused($"channel {Name} is not configured for this app");
    }

    public NotificationResponse Respond(NotificationReception reception) => channel.Notifications!.Respond(reception);

    public NotificationResponse Respond(App? app, NotificationReception reception, RawNotification? notification) =>
        channel.Notifications!.Respond(app, reception, notification);

    public bool TakesQueries => channel.Notifications!.TakesQueries;

    public NotificationResponse? Confirm(App app, RawNotification question) =>
        _views.All(app).Select(account => channel.Notifications!.Confirm(account.View, question))
            .FirstOrDefault(answer => answer is not null);

    public async ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (!_views.HasSeveral(app))
        {
            return await channel.Notifications!.ReadAsync(app, notification, cancellationToken);
        }
        // One that was kept before the app had several accounts names none.
        var name = notification.Headers.GetValueOrDefault(RawNotification.AccountHeader)
            ?? (await AuthenticateAsync(app, notification, cancellationToken) as AuthenticationResult.Genuine)?.Account;
        foreach (var (account, view) in _views.All(app))
        {
            if (account == name)
            {
                return ProvenBy.Account(await channel.Notifications!.ReadAsync(view, notification, cancellationToken), account!);
            }
        }
        return new ProviderEvent.TryLater($"the app has no account any more that it is for: {name}");
    }

    /// <summary>Each account has a cursor of its own; all of them are one text.</summary>
    public async ValueTask<PollResult> PollAsync(App app, string? cursor, CancellationToken cancellationToken)
    {
        if (!_views.HasSeveral(app))
        {
            return await channel.Events!.PollAsync(app, cursor, cancellationToken);
        }
        var (cursors, events, hasMore) = (ReadCursors(cursor), new List<PolledEvent>(), false);
        PollResult? other = null;
        var pages = 0;
        foreach (var (name, view) in _views.All(app))
        {
            var result = await channel.Events!.PollAsync(view, cursors[name!]?.GetValue<string>(), cancellationToken);
            if (result is not PollResult.Page page)
            {
                other = other is PollResult.TryLater ? other : result;
                continue;
            }
            pages++;
            events.AddRange(page.Events.Select(polled => ProvenBy.Account(polled, name!)));
            cursors[name!] = page.Cursor;
            hasMore |= page.HasMore;
        }
        return pages > 0 ? new PollResult.Page(events, cursors.ToJsonString(), hasMore) : other ?? new PollResult.NotConfigured();
    }

    private static JsonObject ReadCursors(string? cursor)
    {
        try
        {
            return cursor is not null && JsonNode.Parse(cursor) is JsonObject cursors
                && cursors.All(one => one.Value?.GetValueKind() == JsonValueKind.String) ? cursors : [];
        }
        catch (JsonException)
        {
            // The cursor of the one account that there was before.
            return [];
        }
    }
}
