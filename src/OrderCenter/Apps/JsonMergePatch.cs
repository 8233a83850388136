using System.Text.Json.Nodes;

namespace OrderCenter.Apps;

/// <summary>JSON merge patch (RFC 7396).</summary>
internal static class JsonMergePatch
{
    /// <summary>The target with the patch applied; neither is changed.</summary>
    public static JsonObject Apply(JsonObject? target, JsonObject patch)
    {
        var merged = target?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    merged.Remove(name);
                    break;
                case JsonObject inner:
                    merged[name] = Apply(merged[name] as JsonObject, inner);
                    break;
                default:
                    merged[name] = value.DeepClone();
                    break;
            }
        }
        return merged;
    }
}
