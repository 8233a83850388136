namespace OrderCenter.Api;

internal sealed record AuditEntryJson(DateTime At, string Actor, string Action, string Reason, string From, string To);
