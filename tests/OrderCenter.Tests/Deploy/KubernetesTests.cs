using YamlDotNet.RepresentationModel;

namespace OrderCenter.Tests.Deploy;

/// <summary>The manifests of <c>deploy/kubernetes</c>: that they fit together, and what a node must not be able to do.</summary>
public sealed class KubernetesTests
{
    private static readonly List<YamlNode> s_all =
        [.. Directory.EnumerateFiles(Path.Combine(Yaml.Folder, "kubernetes"), "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => Yaml.Read(file))];

    [Fact]
    public void Every_manifest_is_of_the_namespace_and_listed()
    {
        Assert.All(s_all, manifest => Assert.NotNull(manifest.Text("kind")));
        Assert.All(s_all.Where(manifest => manifest.Text("kind") is not ("Namespace" or "Kustomization")), manifest => Assert.Equal("ordercenter", manifest.Text("metadata/namespace")));
        var listed = Of("Kustomization").List("resources").Select(file => ((YamlScalarNode)file).Value).Order(StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(Path.Combine(Yaml.Folder, "kubernetes"), "*.yaml").Select(Path.GetFileName)
            .Where(name => name is not ("kustomization.yaml" or "secret.example.yaml")).Order(StringComparer.Ordinal);
        Assert.Equal(files, listed);
    }

    [Fact]
    public void Nodes_are_probed_where_the_service_says_so()
    {
        var container = Container();
        Assert.Equal("/healthz/ready", container.Text("readinessProbe/httpGet/path"));
        Assert.Equal("/healthz/live", container.Text("livenessProbe/httpGet/path"));
        Assert.Equal("/healthz/ready", container.Text("startupProbe/httpGet/path"));
        Assert.All(["readinessProbe", "livenessProbe", "startupProbe"], probe => Assert.Equal("http", container.Text($"{probe}/httpGet/port")));

        // Liveness must not depend on the database: a restart of every node does not bring it back.
        Assert.True(int.Parse(Deployment().Text("spec/template/spec/terminationGracePeriodSeconds")!) >= 20);
        Assert.Equal("0", Deployment().Text("spec/strategy/rollingUpdate/maxUnavailable"));
    }

    [Fact]
    public void A_node_is_no_root_and_writes_nothing_to_its_image()
    {
        var pod = Deployment().At("spec/template/spec")!;
        Assert.Equal("true", pod.Text("securityContext/runAsNonRoot"));
        Assert.Equal("65532", pod.Text("securityContext/runAsUser"));
        Assert.Equal("RuntimeDefault", pod.Text("securityContext/seccompProfile/type"));
        Assert.Equal("false", pod.Text("automountServiceAccountToken"));
        var security = Container().At("securityContext")!;
        Assert.Equal("true", security.Text("readOnlyRootFilesystem"));
        Assert.Equal("false", security.Text("allowPrivilegeEscalation"));
        Assert.Equal("ALL", security.Text("capabilities/drop/0"));
        Assert.Contains(Container().List("volumeMounts"), mount => mount.Text("mountPath") == "/tmp");
        Assert.NotNull(Container().Text("resources/limits/memory"));
    }

    [Fact]
    public void Secrets_come_from_a_Secret_and_no_manifest_that_is_applied_has_one()
    {
        Assert.Contains(Container().List("envFrom"), from => from.Text("secretRef/name") == "ordercenter");
        Assert.Equal("postgres", Container().List("env").Single(one => one.Text("name") == "Storage__Engine").Text("value"));
        Assert.All(Container().List("env"), one => Assert.False(one.Text("name") is "Secrets__MasterKey" or "Admin__Token" or "ConnectionStrings__OrderCenter"));
        Assert.Equal(
            ["ConnectionStrings__OrderCenter", "Secrets__MasterKey"],
            Of("Secret").Map("stringData").Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.All(Of("Secret").Map("stringData"), pair => Assert.Contains("REPLACE", ((YamlScalarNode)pair.Value).Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Service_budget_and_policy_select_the_nodes()
    {
        var labels = Deployment().Map("spec/template/metadata/labels").Select(Pair).ToList();
        Assert.All(
            [Of("Service").Map("spec/selector"), Of("PodDisruptionBudget").Map("spec/selector/matchLabels"), Deployment().Map("spec/selector/matchLabels"), Of("NetworkPolicy").Map("spec/podSelector/matchLabels")],
            selector =>
            {
                Assert.NotEmpty(selector);
                Assert.All(selector.Select(Pair), pair => Assert.Contains(pair, labels));
            });
        Assert.Equal("http", Of("Service").Text("spec/ports/0/targetPort"));
        Assert.Contains(Container().List("ports"), port => port.Text("name") == "http" && port.Text("containerPort") == "5080");
        Assert.Equal("1", Of("PodDisruptionBudget").Text("spec/maxUnavailable"));
        Assert.True(int.Parse(Deployment().Text("spec/replicas")!) >= 2);
        Assert.Equal(["Egress", "Ingress"], Of("NetworkPolicy").List("spec/policyTypes").Select(type => ((YamlScalarNode)type).Value).Order(StringComparer.Ordinal));
    }

    private static YamlNode Of(string kind) => s_all.Single(manifest => manifest.Text("kind") == kind);

    private static YamlNode Deployment() => Of("Deployment");

    private static YamlNode Container() => Deployment().At("spec/template/spec/containers/0")!;

    private static (string, string?) Pair((string Key, YamlNode Value) pair) => (pair.Key, ((YamlScalarNode)pair.Value).Value);
}
