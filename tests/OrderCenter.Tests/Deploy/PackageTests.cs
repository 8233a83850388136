using System.Runtime.InteropServices;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Deploy;

/// <summary>The Debian package and the image's root folder, made from the release folder that publish.sh made, installed and started; only where the tests
/// run against it.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-package-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_Debian_package_is_installed_used_upgraded_restored_removed_and_purged_without_losing_data()
    {
        SkipUnlessReleased();
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ServerProcess.Native!)!, ".."));
        var architecture = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
        var package = Directory.EnumerateFiles(folder, $"ordercenter_*_{architecture}.deb").OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault();
        Assert.SkipWhen(package is null, "publish.sh made no Debian package: dpkg-deb is missing here");
        var (code, output) = await Shell.RunAsync("bash", Path.Combine(Yaml.Folder, "debian", "try.sh"), package!);
        SkipWhereMountsAreForbidden(output);
        Assert.True(code == 0, output);
        Assert.Contains("upgraded: settings, key and data kept", output, StringComparison.Ordinal);
        Assert.Contains("backed up and restored: the books agree", output, StringComparison.Ordinal);
        Assert.EndsWith("purged\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_starts_read_only_without_root_and_is_ready()
    {
        SkipUnlessReleased();
        var root = Path.Combine(_directory, "rootfs");
        var (made, how) = await Shell.RunAsync("bash", Path.Combine(Yaml.Folder, "rootfs.sh"), Path.GetDirectoryName(ServerProcess.Native!)!, root);
        Assert.True(made == 0, how);
        var (code, output) = await Shell.RunAsync("bash", Path.Combine(Yaml.Folder, "try-image.sh"), root);
        SkipWhereMountsAreForbidden(output);
        Assert.True(code == 0, output);
    }

    private static void SkipUnlessReleased()
    {
        Assert.SkipWhen(ServerProcess.Native is null, "publish.sh has not made a release folder for this run");
        Assert.SkipUnless(Environment.UserName == "root", "only root may mount, which these tests do in a namespace of their own");
    }

    /// <summary>In some containers root may not mount either.</summary>
    private static void SkipWhereMountsAreForbidden(string output) => Assert.SkipWhen(
        output.Contains("unshare failed: Operation not permitted", StringComparison.Ordinal) || output.Contains("mount: ", StringComparison.Ordinal),
        "this machine lets root mount nothing: " + output);
}
