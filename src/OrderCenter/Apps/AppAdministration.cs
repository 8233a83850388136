using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Apps;

/// <summary>Creates and changes apps. Every change is compare-and-set on the app's version, and nothing changes on any fault.</summary>
public sealed class AppAdministration(
    Database database, Vault vault, AppCatalog catalog, ChannelRegistry channels, ProtocolNames protocols, AppRedaction redaction,
    TimeProvider clock)
{
    private const int AttemptsMax = 16;
    private const string SecretField = "secret";
    public const string ProductsField = "products";

    private static readonly Fault SecretFault =
        new(SecretField, $"must be {AppSecret.LengthMin} to {AppSecrets.LengthMax} characters without control characters");

    /// <summary>Creates or changes an app. An absent field keeps its value, null sets its default; objects are merged field by
    /// field.</summary>
    public async Task<AppOutcome> PutAsync(long gameId, JsonObject patch, CancellationToken cancellationToken)
    {
        string? secret = null;
        if (patch.TryGetPropertyValue(SecretField, out var node))
        {
            patch.Remove(SecretField);
            secret = node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
            if (!AppSecrets.IsSecret(secret))
            {
                return new AppOutcome.Invalid([SecretFault]);
            }
        }
        if (patch.ContainsKey(ProductsField))
        {
            return new AppOutcome.Invalid([new Fault(ProductsField, "are written by PUT /apps/{gameId}/products")]);
        }
        // Read by itself too: a merge drops the name of an unknown field that is null.
        if (!AppDocument.TryRead(patch, out _, out var unreadable))
        {
            return new AppOutcome.Invalid([new Fault("", unreadable)]);
        }
        return await ChangeAsync(
            gameId,
            secret,
            current =>
            {
                var secrets = current?.App.Secrets ?? [];
                var isNew = secret is not null && (secrets.Count == 0 || secrets[0].Value.Reveal() != secret);
                return (JsonMergePatch.Apply(
                    current?.Settings, patch), isNew ? AppSecrets.Rotate(secrets, secret!, clock.NowMs(), 0) : secrets);
            },
            cancellationToken);
    }

    /// <summary>Sets a new signing secret; the ones before it verify for a while longer.</summary>
    public async Task<AppOutcome> RotateAsync(long gameId, string secret, long previousValidMs, CancellationToken cancellationToken) =>
        !AppSecrets.IsSecret(secret)
            ? new AppOutcome.Invalid([SecretFault])
            : await ChangeAsync(
                gameId,
                secret,
                current => current is null ? null : (
                    current.Settings, AppSecrets.Rotate(current.App.Secrets, secret, clock.NowMs(), previousValidMs)),
                cancellationToken);

    /// <summary>Replaces an app's catalogue.</summary>
    /// <param name="gameId">The app.</param>
    /// <param name="products">By the game's own name; null: no catalogue.</param>
    /// <param name="cancellationToken">Stops the wait for the database.</param>
    public Task<AppOutcome> PutProductsAsync(long gameId, JsonNode? products, CancellationToken cancellationToken) => ChangeAsync(
        gameId,
        secret: null,
        current =>
        {
            if (current is null)
            {
                return null;
            }
            var settings = current.Settings.DeepClone().AsObject();
            settings.Remove(ProductsField);
            if (products is not null)
            {
                settings[ProductsField] = products.DeepClone();
            }
            return (settings, current.App.Secrets);
        },
        cancellationToken);

    private async Task<AppOutcome> ChangeAsync(
        long gameId, string? secret, Func<AppEntry?, (
            JsonObject Settings, IReadOnlyList<AppSecret> Secrets)?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var current = catalog.FindEntry(gameId);
            if (change(current) is not var (settings, secrets))
            {
                return new AppOutcome.NotFound();
            }
            if (secret is not null && !AppSecrets.MaySet(current, secret))
            {
                return new AppOutcome.Invalid([SecretFault]);
            }
            if (!AppDocument.TryRead(settings, out var document, out var fault))
            {
                return new AppOutcome.Invalid([new Fault("", fault)]);
            }
            var faults = AppDocumentRules.Faults(document, protocols.All, channels);
            if (faults.Count > 0)
            {
                return new AppOutcome.Invalid(faults);
            }
            if (document.Alias is { } alias && catalog.FindAlias(alias) is { } holder && holder.App.GameId != gameId)
            {
                return new AppOutcome.Invalid([new Fault("alias", "belongs to another app")]);
            }
            var nowMs = clock.NowMs();
            var app = document.ToApp(gameId, secrets, protocols.RandomDigitsOf(document));
            var entry = new AppEntry(app, settings, (current?.Version ?? 0) + 1, current?.CreatedMs ?? nowMs, nowMs);
            if (await database.WriteAsync(transaction => SaveAsync(transaction, current, entry), cancellationToken))
            {
                catalog.Replace(entry);
                return current is null ? new AppOutcome.Created(entry) : new AppOutcome.Changed(entry) { Before = current };
            }
            // Another request or node changed the app first.
            await catalog.LoadAsync(cancellationToken);
        }
        throw new DatabaseBusyException($"app {gameId} is being changed by too many at once; try again");
    }

    /// <summary>Saves the app with its entry in the audit log.</summary>
    /// <returns>False: another request or node changed it first.</returns>
    private async ValueTask<bool> SaveAsync(Transaction transaction, AppEntry? before, AppEntry entry)
    {
        if (!await AppTable.SaveAsync(transaction, vault, entry))
        {
            return false;
        }
        var (was, became) = redaction.Changes(before, entry);
        var action = before is null ? "app.create"
            : ReferenceEquals(before.Settings, entry.Settings) ? "app.rotate-secret"
            : "app.change";
        AuditTrail.Append(
            transaction, new AuditFact(action, entry.App.GameId, entry.App.Name) { Before = was, After = became }, entry.UpdatedMs);
        return true;
    }
}
