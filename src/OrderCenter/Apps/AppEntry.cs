using System.Text.Json.Nodes;
using OrderCenter.Domain;

namespace OrderCenter.Apps;

/// <summary>An app as the database holds it: its settings as JSON, and the app that they describe.</summary>
public sealed record AppEntry(App App, JsonObject Settings, long Version, long CreatedMs, long UpdatedMs);
