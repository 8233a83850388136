using OrderCenter.Alerts.Settings;
using OrderCenter.Apps;
using OrderCenter.Books;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Hosting.Workers;
using OrderCenter.Operators;
using OrderCenter.Orders.Receipts;
using OrderCenter.Persistence.Keys;
using OrderCenter.ProviderSync;
using OrderCenter.ProviderSync.RefundQuestions;

namespace OrderCenter.Hosting.Operation;

/// <summary>Registers what the commands for operators of the installation use.</summary>
internal static class OperationRegistration
{
    /// <summary>Every column with sealed texts. Whoever seals a text adds its column here.</summary>
    public static IReadOnlyList<SealedColumn> SealedColumns { get; } =
    [
        AppTable.SealedColumn, .. SecondFactor.SealedColumns, SealedCard.SealedColumn, OrderCards.SealedColumn,
        PendingReceiptStore.SealedColumn, NotificationStore.SealedColumn, .. CallbackAttemptSender.SealedColumns,
        AlertSettings.SealedColumn, RefundQuestionStore.SealedColumn,
    ];

    public static void AddOperation(this IServiceCollection services)
    {
        foreach (var column in SealedColumns)
        {
            services.AddSingleton(column);
        }
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<NodeKeys>();
        services.AddHostedService<NodeKeysWorker>();
        services.AddSingleton<OrderChecks>();
        services.AddSingleton<BooksVerifier>();
    }
}
