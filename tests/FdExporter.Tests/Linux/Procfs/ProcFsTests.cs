using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public sealed class ProcFsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void OpenHost_Procfs_IsOne()
    {
        using ProcFs procFs = ProcFs.OpenHost("/proc/");
        Assert.True(procFs.IsOwn);
    }

    [Fact]
    public void OpenHost_CapturedProcesses_AreOne()
    {
        using ProcFs procFs = ProcFs.OpenHost(Path.Combine(Repository.Fixtures, "host"));
        Assert.False(procFs.IsKernel);
    }

    [Fact]
    public void OpenHost_NoFolder_NamesIt()
        => Assert.Equal("open /nonexistent/proc: No such file or directory", Assert.Throws<KernelException>(() => ProcFs.OpenHost("/nonexistent/proc")).Message);

    /// <summary>Empty, or with numbers that are no processes.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("sys")]
    public void OpenHost_FolderWithoutProcesses_IsRefused(string content)
    {
        Directory.CreateDirectory(Path.Combine(_folder, content));
        Assert.Equal(
            $"open {_folder}: neither a procfs nor a folder of captured processes", Assert.Throws<KernelException>(() => ProcFs.OpenHost(_folder)).Message);
    }

    [Theory]
    [InlineData("/proc/sys")]
    [InlineData("/proc/self")]
    [InlineData("/proc/self/net")]
    public void OpenHost_FolderInsideOfAProcfs_IsRefused(string root)
        => Assert.Equal(
            $"open {root}: a folder inside a procfs; give the mount point of the procfs", Assert.Throws<KernelException>(() => ProcFs.OpenHost(root)).Message);
}
