using System.Text.Json;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>That the operator has his players' consent to report consumption to Apple, and what is reported beside the delivery.</summary>
internal sealed record ConsumptionConsent(bool SampleContentProvided, string? RefundPreference)
{
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
        inner.OnlyKnown(["customerConsented", "sampleContentProvided", "refundPreference"]);
        var preference = inner.Text("refundPreference", NameCharsMax);
        if (preference is not (null or "DECLINE" or "GRANT_FULL" or "GRANT_PRORATED"))
        {
            inner.AddFault("refundPreference must be DECLINE, GRANT_FULL or GRANT_PRORATED");
        }
        // Apple refuses what a customer did not consent to, and so does the law in places: the operator has to say so in as many words.
        if (inner.Flag("customerConsented") is not true)
        {
            inner.AddFault("customerConsented must be true, or consumption left out");
        }
        foreach (var fault in inner.Faults)
        {
            fields.AddFault($"{Field}: {fault}");
        }
        return new ConsumptionConsent(inner.Flag("sampleContentProvided") ?? false, preference);
    }
}
