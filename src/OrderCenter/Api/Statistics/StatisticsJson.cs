using System.Text.Json.Serialization;

namespace OrderCenter.Api.Statistics;

/// <summary>Statistics in the order of time, key and currency. What counts nothing is left out. Money is in an item's currency; sums over
/// currencies would mean nothing.</summary>
/// <param name="From">From when on: the beginning of the hour that was asked for.</param>
/// <param name="To">Until before when: the end of the hour that was asked for.</param>
/// <param name="Step">hour or day.</param>
/// <param name="By">game, channel, currency or product.</param>
/// <param name="Items">Orders without tests.</param>
/// <param name="Tests">Orders that testers or a sandbox paid.</param>
/// <param name="Health">Refused receipts and callbacks, which have no currency.</param>
internal sealed record StatisticsJson(
    DateTime From, DateTime To, string Step, string By, IReadOnlyList<OrderStatisticsJson> Items, IReadOnlyList<OrderStatisticsJson> Tests,
    IReadOnlyList<HealthStatisticsJson> Health);

/// <summary>The orders of one step, one key and one currency.</summary>
/// <param name="Time">When the step begins.</param>
/// <param name="Key">The game, the channel, the currency or the product; null: the channel is not known yet.</param>
/// <param name="Currency">In capitals; RMB is CNY.</param>
/// <param name="Created">In the step of their creation.</param>
/// <param name="Paid">In the step of their payment, also those that were refunded since.</param>
/// <param name="Refunded">In the step of their refund, those that are refunded now. Partial refunds are not counted.</param>
/// <param name="Delivered">In the step of their delivery, also those that were refunded since.</param>
internal sealed record OrderStatisticsJson(
    DateTime Time, string? Key, string Currency, FigureJson Created, FigureJson Paid, FigureJson Refunded, FigureJson Delivered);

/// <summary>So many orders, and their money.</summary>
internal readonly record struct FigureJson([property: JsonRequired] long Count, [property: JsonRequired] string Money);

/// <summary>The refused receipts and the callbacks of one step and one key.</summary>
/// <param name="Time">When the step begins.</param>
/// <param name="Key">The game; by channel, the channel of the refusals. Null: what is not counted by that, which is all of it by currency
/// and product, and the callbacks by channel.</param>
/// <param name="VerificationRefusals">Receipts and payments that were presented for an order and refused.</param>
/// <param name="CallbackAttempts">Attempts with a recorded outcome, in the step in which they began.</param>
/// <param name="CallbackSuccesses">Those that the receiver accepted.</param>
/// <param name="CallbackP95Ms">The duration that 95 of 100 attempts did not exceed, milliseconds, estimated within its class of durations;
/// null: there was none.</param>
internal sealed record HealthStatisticsJson(
    DateTime Time, string? Key, long VerificationRefusals, long CallbackAttempts, long CallbackSuccesses, long? CallbackP95Ms);
