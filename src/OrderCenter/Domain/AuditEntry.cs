namespace OrderCenter.Domain;

/// <summary>An operation on an order: who, when, what, why. Entries are never deleted.</summary>
public sealed record AuditEntry(OrderId OrderId, long AtMs, string Actor, string Action, string Reason, OrderState From, OrderState To);
