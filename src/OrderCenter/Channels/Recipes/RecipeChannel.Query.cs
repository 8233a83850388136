using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Recipes;

/// <summary>The query of a recipe that has one.</summary>
internal sealed partial class RecipeChannel
{
    public bool FindsByOrderId => true;

    public bool IsConfigured(App app) => RecipeSettings.Of(app, name) is { Recipe.Query: not null };

    /// <summary>Queries by our order id. Only an answer with the store's signature says anything.</summary>
    public async ValueTask<Verdict> QueryAsync(App app, Order order, string? transaction, CancellationToken cancellationToken)
    {
        if (RecipeSettings.Of(app, name) is not { Recipe.Query: { } query } settings)
        {
            return new Verdict.TryLater($"the recipe of channel {name} has no query");
        }
        var response = await http.SendAsync(query.ToRequest(settings, order, clock.GetUtcNow()), cancellationToken);
        if (response is not StoreResponse.Answered { IsSuccess: true } answered)
        {
            return new Verdict.TryLater(
                $"{name}: {(response is StoreResponse.Failed failed ? failed.Reason : "its HTTP status is no success")}");
        }
        var reading = RecipeReading.Of(name, settings.ForAnswers, answered.Body);
        if (reading.Refusal is { } refusal)
        {
            return new Verdict.TryLater($"{name} answered, and {refusal}");
        }
        return reading.ToEvent() is ProviderEvent.Ignored { IsUnreadable: true } unreadable
            ? new Verdict.TryLater($"{name}: {unreadable.Reason}")
            : Judge(app, order, reading);
    }
}
