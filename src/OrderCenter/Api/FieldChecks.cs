using System.Text.Json;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Api;

/// <summary>Checks the fields of a request, and keeps the first fault: the field's name and what is allowed in it.</summary>
internal class FieldChecks
{
    public const int IdMax = 128;
    public const int TextMax = 256;
    public const int ReasonMax = 512;

    public ApiResult? Fault { get; private set; }

    /// <summary>Keeps a fault, unless there was one before.</summary>
    public void Refuse(string field, string allowed) => Fault ??= ApiResult.Invalid(field, allowed);

    /// <summary>A text that must be there and not be empty.</summary>
    public string Required(string field, string? text, int charactersMax)
    {
        if (!RequestBody.IsText(text, charactersMax))
        {
            Refuse(field, $"must be 1 to {charactersMax} characters");
        }
        return text ?? "";
    }

    /// <summary>A text that may be missing, but not empty.</summary>
    public string? Optional(string field, string? text, int charactersMax) => text is null ? null : Required(field, text, charactersMax);

    /// <summary>A text that may be missing or empty.</summary>
    public string OptionalOrEmpty(string field, string? text, int charactersMax)
    {
        if (text is { Length: > 0 } && !RequestBody.IsText(text, charactersMax))
        {
            Refuse(field, $"must be at most {charactersMax} characters");
        }
        return text ?? "";
    }

    public string Reason(string? text) => Required("reason", text, ReasonMax);

    /// <summary>An amount greater than 0.</summary>
    public Money Price(string field, JsonElement element)
    {
        if (!RequestBody.TryMoney(element, out var money) || money == Money.Zero)
        {
            Refuse(field, $"must be greater than 0: {Money.Form}, as text");
        }
        return money;
    }

    public string Currency(string? text)
    {
        if (text is null || !Domain.Currency.IsValid(text))
        {
            Refuse("currency", $"must be {Domain.Currency.Form}");
        }
        return text ?? "";
    }

    /// <returns>Null: the app has no such account, or it must be named; the fault is kept.</returns>
    public StatementAccount? Account(IChannel channel, App app, string? name)
    {
        var account = StatementAccount.Choose(channel.StatementAccounts(app), name, out var allowed);
        if (account is null)
        {
            Refuse(ReconciliationsApi.AccountField, allowed);
        }
        return account;
    }

    /// <returns>Null: it is no app, or one beyond the limit, and the fault is kept.</returns>
    public App? App(AppCatalog apps, GameLimit games, string? gameId)
    {
        var app = apps.Find(gameId)?.App;
        if (app is null || !games.Allows(app.GameId))
        {
            Refuse("gameId", "must be the number or the alias of an app");
            return null;
        }
        return app;
    }
}
