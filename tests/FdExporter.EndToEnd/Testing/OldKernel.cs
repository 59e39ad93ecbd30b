using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// Linux 6.1 in a virtual machine, started once by <c>tests/kernels/boot</c>: the output of the release build for each user.
/// The commands and their names are in <c>tests/kernels/init</c>.
/// </summary>
public sealed class OldKernel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private Task? _boot;

    /// <summary>The output under this name, after a check of its exit code.</summary>
    internal async Task<string> OutputAsync(string name, int exitCode = 0)
    {
        string output = await ReadAsync(name);
        string error = await ReadAsync($"{name}.err");
        Assert.True(exitCode.ToString(System.Globalization.CultureInfo.InvariantCulture) == (await ReadAsync($"{name}.code")).Trim(), $"{name}: {output}{error}");
        return output;
    }

    internal async Task<Metrics> MetricsAsync(string name) => Metrics.Parse(await OutputAsync($"{name}.metrics"));

    /// <summary>A file that exists even if its command failed.</summary>
    internal async Task<string> ReadAsync(string name)
    {
        await (_boot ??= BootAsync());
        return await File.ReadAllTextAsync(Path.Combine(_folder, "results", name));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task BootAsync()
    {
        await using Child boot = Child.Start(Path.Combine(Repository.Root, "tests", "kernels", "boot"), NativeBuild.Binary, _folder);
        Assert.True(await boot.WaitForExitAsync(TimeSpan.FromMinutes(8)) == 0, boot.Output);
    }
}
