using OrderCenter.Tests.Client;
using YamlDotNet.RepresentationModel;

namespace OrderCenter.Tests.Deploy;

/// <summary>Reads the YAML files of <c>deploy/</c>, and finds values in them by a path of names and indices.</summary>
internal static class Yaml
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    /// <summary>All documents of a file; one that is no valid YAML, or names a key twice, fails.</summary>
    public static List<YamlNode> Read(string file)
    {
        using var text = File.OpenText(Path.Combine(Folder, file));
        var stream = new YamlStream();
        stream.Load(text);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>The value at a path such as <c>spec/template/spec/containers/0/image</c>; null: there is none.</summary>
    public static YamlNode? At(this YamlNode node, string path)
    {
        YamlNode? at = node;
        foreach (var name in path.Split('/'))
        {
            at = at switch
            {
                YamlMappingNode map when map.Children.TryGetValue(new YamlScalarNode(name), out var value) => value,
                YamlSequenceNode list when int.TryParse(name, out var index) && index < list.Children.Count => list.Children[index],
                _ => null,
            };
        }
        return at;
    }

    public static string? Text(this YamlNode node, string path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IReadOnlyList<YamlNode> List(this YamlNode node, string path) => node.At(path) is YamlSequenceNode list ? [.. list.Children] : [];

    public static IReadOnlyList<(string Key, YamlNode Value)> Map(this YamlNode node, string path) =>
        node.At(path) is YamlMappingNode map ? [.. map.Children.Select(pair => (((YamlScalarNode)pair.Key).Value!, pair.Value))] : [];
}
