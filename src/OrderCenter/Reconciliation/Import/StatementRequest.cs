using OrderCenter.Payments;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Reconciliation.Import;

/// <summary>The account, channel and days that an uploaded file is the statement of.</summary>
public sealed record StatementRequest(StatementAccount Account, IChannel Channel, DateOnly FirstDay, DateOnly LastDay, string Actor);
