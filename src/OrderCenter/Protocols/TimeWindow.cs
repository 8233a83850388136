using OrderCenter.Domain;
using OrderCenter.Encodings;

namespace OrderCenter.Protocols;

/// <summary>Checks the time in a request: first its form (Unix seconds, digits only), then its distance from now, both directions, by the
/// app's window.</summary>
public static class TimeWindow
{
    private const int DigitsMax = 18;
    private const int CharactersMax = 256;

    /// <returns>Null: accepted. A fault that was found in another field before comes first.</returns>
    public static TimeFault? Check(FieldReader fields, string name, App app, TimeProvider clock)
    {
        var text = fields.Required(name, CharactersMax);
        if (fields.Fault is { } fault)
        {
            return new TimeFault(false, fault);
        }
        if (text.Length > DigitsMax || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return new TimeFault(false, $"{name} must be Unix seconds, digits only");
        }
        var seconds = long.Parse(text);
        var nowSeconds = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Math.Abs(nowSeconds - seconds) <= app.TimeWindowSeconds)
        {
            return null;
        }
        return new TimeFault(true, Math.Abs(nowSeconds - (seconds / 1000)) <= app.TimeWindowSeconds
            ? $"{name} is in milliseconds: it must be Unix seconds"
            : $"{name} is more than {app.TimeWindowSeconds} s away from now, which is {nowSeconds}");
    }
}
