namespace OrderCenter.Alerts.Delivery;

/// <summary>What a webhook gets: a Standard Webhooks payload.</summary>
/// <param name="Type"><c>alert.raised</c>, <c>alert.escalated</c>, <c>alert.repeated</c>, <c>alert.recovered</c> or
/// <c>alert.test</c>.</param>
/// <param name="Timestamp">When the message was written, RFC 3339.</param>
/// <param name="Data">The message.</param>
/// <param name="Text">The message as people read it.</param>
internal sealed record WebhookBody(string Type, string Timestamp, AlertMessage Data, string Text);
