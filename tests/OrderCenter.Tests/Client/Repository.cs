namespace OrderCenter.Tests.Client;

/// <summary>Where this checkout stands, for tests that read what is not built: guides, samples, READMEs.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "OrderCenter.slnx")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("the tests do not run in a checkout");
        }
        return directory.FullName;
    }
}
