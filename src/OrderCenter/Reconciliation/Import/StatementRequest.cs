using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Reconciliation.Import;

/// <summary>The app, channel and days that an uploaded file is the statement of.</summary>
public sealed record StatementRequest(App App, IChannel Channel, DateOnly FirstDay, DateOnly LastDay, string Actor);
