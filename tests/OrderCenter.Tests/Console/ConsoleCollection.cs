namespace OrderCenter.Tests.Console;

/// <summary>All tests of the console share one browser and one service.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleCollection : ICollectionFixture<Browser>, ICollectionFixture<ConsoleService>
{
    public const string Name = "the console in a browser";
}
