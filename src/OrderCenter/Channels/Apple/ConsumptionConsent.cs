using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>That the operator has his players' consent to report consumption to Apple, and what is reported beside the delivery.</summary>
/// <param name="SampleContentProvided">Whether players could try the product before.</param>
/// <param name="RefundPreference">As Apple names it; null: none is named.</param>
/// <param name="ConsumedShare">How much of a delivered purchase was used, in thousandths of a percent; null: not said.</param>
internal sealed record ConsumptionConsent(bool SampleContentProvided, string? RefundPreference, int? ConsumedShare)
{
    public const string Decline = "DECLINE";
    public const string Full = "GRANT_FULL";
    public const string Prorated = "GRANT_PRORATED";
    private const string Field = "consumption";
    private const int NameCharsMax = 32;

    public static ConsumptionConsent? Read(JsonFieldReader fields)
    {
        if (fields.Element(Field) is not { } element)
        {
            return null;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            fields.AddFault($"{Field} must be an object");
            return null;
        }
        var inner = new JsonFieldReader(element);
        inner.OnlyKnown(["customerConsented", "sampleContentProvided", "refundPreference", "consumptionPercentage"]);
        var preference = inner.Text("refundPreference", NameCharsMax);
        if (preference is not (null or Decline or Full or Prorated))
        {
            inner.AddFault("refundPreference must be DECLINE, GRANT_FULL or GRANT_PRORATED");
        }
        var share = (int?)inner.Integer("consumptionPercentage", 0, TransactionPayload.WholeShare);
        // Apple refuses what a customer did not consent to, and so does the law in places: the operator has to say so in as many words.
        if (inner.Flag("customerConsented") is not true)
        {
            inner.AddFault("customerConsented must be true, or consumption left out");
        }
        foreach (var fault in inner.Faults)
        {
            fields.AddFault($"{Field}: {fault}");
        }
        return new ConsumptionConsent(inner.Flag("sampleContentProvided") ?? false, preference, share);
    }
}
