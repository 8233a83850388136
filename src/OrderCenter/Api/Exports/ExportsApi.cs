namespace OrderCenter.Api.Exports;

/// <summary>Every list as CSV (contract.md, "Finding, counting, live").</summary>
internal static class ExportsApi
{
    public static void Map(RouteGroupBuilder group, IServiceProvider services)
    {
        var csv = ActivatorUtilities.CreateInstance<CsvExport>(services);
        AppExport.Map(group, ActivatorUtilities.CreateInstance<AppExport>(services, csv));
        OrderExport.Map(group, ActivatorUtilities.CreateInstance<OrderExport>(services, csv));
        CallbackExport.Map(group, ActivatorUtilities.CreateInstance<CallbackExport>(services, csv));
        NotificationExport.Map(group, ActivatorUtilities.CreateInstance<NotificationExport>(services, csv));
        ReconciliationExport.Map(group, ActivatorUtilities.CreateInstance<ReconciliationExport>(services, csv));
        HolderExport.Map(group, ActivatorUtilities.CreateInstance<HolderExport>(services, csv));
        AuditExport.Map(group, ActivatorUtilities.CreateInstance<AuditExport>(services, csv));
        AlertExport.Map(group, ActivatorUtilities.CreateInstance<AlertExport>(services, csv));
    }
}
