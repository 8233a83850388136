using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Recipes;

/// <summary>What a store is answered.</summary>
internal sealed record RecipeAnswer(int Status, string ContentType, string Body)
{
    private const int BodyMax = 512;
    private static readonly string[] Types = ["text/plain", "application/json"];

    public static RecipeAnswer Read(RecipeFields? fields, int statusMin, int statusMax)
    {
        if (fields is null)
        {
            return new RecipeAnswer(statusMin, Types[0], "");
        }
        fields.OnlyKnown("status", "type", "body");
        return new RecipeAnswer(
            (int)(fields.Integer("status", statusMin, statusMax) ?? statusMin), fields.Choice("type", Types, Types[0]),
            fields.TextOrEmpty("body", BodyMax) ?? "");
    }

    public NotificationResponse ToResponse() => new(Status, ContentType + "; charset=utf-8", Body);
}
