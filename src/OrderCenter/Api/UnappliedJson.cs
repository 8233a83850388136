namespace OrderCenter.Api;

internal sealed record UnappliedJson(PaymentJson Payment, DateTime SeenAt, string Reason);
