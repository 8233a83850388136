namespace OrderCenter.Tests.Console;

/// <summary>What the pages are looked at with: an order that was paid at Google Play after a refused receipt, and whose callback was refused.</summary>
/// <param name="TransactionId">The purchase token.</param>
/// <param name="StoreOrderId">Google's own number.</param>
/// <param name="NotificationId">One that no order claims.</param>
/// <param name="CallbackId">The refused callback.</param>
/// <param name="ReconciliationId">One with differences.</param>
internal sealed record Sample(string GameId, string OrderId, string MerchantOrderId, string TransactionId, string StoreOrderId, string NotificationId, string CallbackId,
    string ReconciliationId);
