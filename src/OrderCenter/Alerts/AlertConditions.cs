using static OrderCenter.Alerts.AlertSeverity;
using static OrderCenter.Alerts.AlertUnit;

namespace OrderCenter.Alerts;

/// <summary>Every condition that is watched. docs/alerts.md lists the same.</summary>
public static class AlertConditions
{
    private const long CountMax = 1_000_000;
    private const long SecondsMax = 7 * 86_400;

    public static readonly AlertCondition CallbacksExhausted = new(
        "callbacks.exhausted", Warning, Count, 1, 10_000,
        "callbacks have used up all their attempts", "回调已用尽全部重试次数",
        "OrderCenterCallbacksExhausted");

    public static readonly AlertCondition CallbacksBreaker = new(
        "callbacks.breaker", Warning, Seconds, 60, SecondsMax,
        "the circuit breaker of a callback endpoint is open", "回调端点的熔断器已打开",
        "OrderCenterBreakerOpen");

    public static readonly AlertCondition CallbacksWaiting = new(
        "callbacks.waiting", Warning, Seconds, 1800, SecondsMax,
        "the oldest callback has waited too long", "最早一条待发回调等待过久",
        "OrderCenterCallbacksOverdue");

    public static readonly AlertCondition ReceiptsRefused = new(
        "receipts.refused", Warning, Percent, 50, 100,
        "too many receipts are refused", "被拒绝的凭证比例过高",
        "OrderCenterReceiptsRefused");

    public static readonly AlertCondition StoreUnreachable = new(
        "store.unreachable", Critical, Seconds, 60, SecondsMax,
        "a store cannot be reached", "无法连接商店",
        "OrderCenterStoreUnreachable", IsOfGame: false);

    public static readonly AlertCondition NotificationsRefused = new(
        "notifications.refused", Warning, Count, 20, CountMax,
        "store notifications are refused as not authentic", "商店通知因无法验真而被拒绝",
        "OrderCenterNotificationsRefused");

    public static readonly AlertCondition NotificationsUnclaimed = new(
        "notifications.unclaimed", Warning, Count, 1, 10_000,
        "store notifications belong to no order", "商店通知找不到对应订单",
        "OrderCenterNotificationsUnclaimed");

    public static readonly AlertCondition NotificationsWaiting = new(
        "notifications.waiting", Warning, Seconds, 3600, SecondsMax,
        "store notifications wait to be processed", "商店通知迟迟未能处理",
        "OrderCenterNotificationsWaiting");

    public static readonly AlertCondition NotificationsFailed = new(
        "notifications.failed", Warning, Count, 1, 10_000,
        "store notifications could not be processed", "商店通知无法处理",
        "OrderCenterNotificationsFailed");

    public static readonly AlertCondition FulfilmentDeadline = new(
        "fulfilment.deadline", Critical, Hours, 12, 48,
        "purchases are neither acknowledged nor consumed, and the store refunds them soon", "购买尚未确认或消耗，商店即将自动退款",
        "OrderCenterFulfilmentOverdue", IsBelow: true);

    public static readonly AlertCondition RefundQuestions = new(
        "refund.questions", Warning, Hours, 6, 24,
        "a store's questions about refunds are not answered, and it decides soon", "商店的退款询问尚未答复，商店即将自行决定",
        "OrderCenterRefundQuestions", IsBelow: true);

    public static readonly AlertCondition ReconciliationDifferences = new(
        "reconciliation.differences", Warning, Count, 1, CountMax,
        "differences with a store's statement are open", "与商店账单的差异尚未处理",
        "OrderCenterReconciliationDifferences");

    public static readonly AlertCondition StatementsMissing = new(
        "statements.missing", Warning, Days, 2, 45,
        "statements could not be fetched from a store", "未能从商店获取账单",
        "OrderCenterStatementsMissing");

    public static readonly AlertCondition CardsStock = new(
        "cards.stock", Warning, Count, 10, 1000,
        "the stock of a card product is low", "卡密库存不足",
        "OrderCenterCardsStock", IsBelow: true);

    public static readonly AlertCondition CardsBacklog = new(
        "cards.backlog", Critical, Count, 1, 10_000,
        "card products are sold out, and paid orders wait", "卡密缺货，已付款订单正在等待",
        "OrderCenterCardsStock");

    public static readonly AlertCondition ClockSkew = new(
        "clock.skew", Warning, Milliseconds, 2000, 3_600_000,
        "a node's clock differs from the database's", "节点时钟与数据库时钟不一致",
        "OrderCenterClockSkew", IsOfGame: false);

    public static readonly AlertCondition DatabaseSlow = new(
        "database.slow", Warning, Milliseconds, 1000, 60_000,
        "the database answers slowly", "数据库响应缓慢",
        "OrderCenterDatabaseBusy", IsOfGame: false);

    public static readonly AlertCondition DatabaseAway = new(
        "database.away", Critical, Seconds, 10, 3600,
        "the database does not answer, or takes no writes", "数据库无响应或拒绝写入",
        "OrderCenterNotReady", IsOfGame: false);

    public static readonly AlertCondition DiskSpace = new(
        "disk.space", Warning, Percent, 10, 99,
        "a disk is nearly full", "磁盘空间即将用尽",
        "OrderCenterDiskSpace", IsOfGame: false, IsBelow: true);

    public static readonly AlertCondition ChannelExpiry = new(
        "channel.expiry", Warning, Days, 30, 3650,
        "a certificate of a payment channel expires soon", "支付渠道的证书即将过期",
        "OrderCenterChannelExpiry", IsBelow: true);

    public static readonly AlertCondition ChannelPublicUrl = new(
        "channel.publicUrl", Warning, Count, 1, 1,
        "a payment platform cannot notify this installation: PublicUrl is missing", "未设置 PublicUrl，支付平台无法通知本系统",
        "OrderCenterPublicUrl");

    public static IReadOnlyList<AlertCondition> All { get; } =
    [
        CallbacksExhausted, CallbacksBreaker, CallbacksWaiting, ReceiptsRefused, StoreUnreachable, NotificationsRefused,
        NotificationsUnclaimed, NotificationsWaiting, NotificationsFailed, FulfilmentDeadline, RefundQuestions, ReconciliationDifferences,
        StatementsMissing, CardsStock, CardsBacklog, ClockSkew, DatabaseSlow, DatabaseAway, DiskSpace, ChannelExpiry, ChannelPublicUrl,
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(condition => condition.Name)];

    /// <summary>The condition of that name; null: there is none.</summary>
    public static AlertCondition? Find(string name) => All.FirstOrDefault(condition => condition.Name == name);
}
