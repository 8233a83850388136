namespace OrderCenter.Alerts.Delivery;

/// <summary>A message that a sink is to be told, under a lease.</summary>
/// <param name="Message">What it is told.</param>
/// <param name="Sink">The sink's name.</param>
/// <param name="CreatedMs">When it was queued, Unix milliseconds.</param>
/// <param name="Lease">The lease that a write belongs to (<see cref="Persistence.LeasedRows"/>).</param>
/// <param name="Failures">How often telling has failed.</param>
internal sealed record AlertDelivery(AlertMessage Message, string Sink, long CreatedMs, long Lease, int Failures);
