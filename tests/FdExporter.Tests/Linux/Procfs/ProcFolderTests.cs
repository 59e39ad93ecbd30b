using FdExporter.Linux.Procfs;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>The folder through which a process is read.</summary>
public class ProcFolderTests
{
    [Theory]
    [InlineData(11342, 0, "11342/fd")]
    [InlineData(11342, 11350, "11342/task/11350/fd")]
    [InlineData(int.MaxValue, int.MaxValue, "2147483647/task/2147483647/fd")]
    public void Path_OfAThread_IsBelowItsProcess(int pid, int thread, string path)
        => Assert.Equal(path, ProcPath.Of(new ProcFolder(pid, thread), "fd"u8).ToString());

    [Fact]
    public void Path_TheLongestName_Fits_AndALongerOneIsRefused()
    {
        ProcFolder folder = new(int.MaxValue, int.MaxValue);
        Assert.EndsWith("/net/udplite6", ProcPath.Of(folder, "net/udplite6"u8).ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ProcPath.Of(folder, new byte[ProcPath.Capacity]));
    }
}
