using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Demonstration;

/// <summary>Where the demo writes: a database in a folder of its own. Another one may be named when the demo created it or nobody has used
/// it yet (<c>DemoMark</c>). The demo runs in Development only.</summary>
internal static class DemoDatabase
{
    private const string Key = "ConnectionStrings:OrderCenter";
    private const string OwnFile = "Data Source=data/demo/ordercenter.db";

    /// <summary>Why the demo must not run here; null: it may.</summary>
    public static string? WhyNot(string[] args)
    {
        var environment = new ConfigurationBuilder()
            .AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build()["environment"];
        return string.IsNullOrEmpty(environment) || environment.Equals(Environments.Development, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"the environment is '{ConsoleLog.Escape(environment)}': the demo makes games and orders that do not exist, "
                + "and runs in Development only";
    }

    public static void UseDemoDatabase(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[Key])
            && (builder.Configuration["Storage:Engine"] ?? "") is "" or DatabaseOptions.Sqlite)
        {
            builder.Configuration[Key] = OwnFile;
        }
    }
}
