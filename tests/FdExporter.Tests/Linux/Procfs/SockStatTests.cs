using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Captured on Linux 6.18.</summary>
public class SockStatTests
{
    [Fact]
    public void Tcp_IsAllocatedAndOrphansAndWhatTheNamespaceHas()
    {
        Assert.True(SockStat.TryParse("sockets: used 311\nTCP: inuse 5 orphan 3 tw 2 alloc 9 mem 1\nUDP: inuse 3 mem 0\n"u8, out SockStat value));
        Assert.Equal(new SockStat(9, 3, 5, 2), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sockets: used 311\n")]
    [InlineData("TCP: inuse 5 orphan 3 tw 2\n")]
    [InlineData("TCP: orphan 3 tw 2 alloc 9 mem 1\n")]
    [InlineData("TCP: inuse 5 orphan 3 alloc 9 mem 1\n")]
    [InlineData("TCP: inuse 5 orphan x tw 2 alloc 9 mem 1\n")]
    public void AnythingElse_IsUnknownAndNotZero(string text) => Assert.False(SockStat.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void AnyBytes_NeverThrow() => Hostile.NeverThrows("TCP: inuse 5 orphan 3 tw 2 alloc 9 mem 1\n", static text => SockStat.TryParse(text, out _));

    [Fact]
    public void Tasks_AreCountedAsTheyAreListed()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        TaskDirectory tasks = new(procFs);
        using System.Diagnostics.Process sleeper = System.Diagnostics.Process.Start("sleep", "60");
        List<int> listed = [];
        Assert.Equal((ReadStatus.Ok, ReadStatus.Ok), (tasks.TryCount(sleeper.Id, out int count), tasks.TryRead(sleeper.Id, listed)));
        Assert.Equal((1, sleeper.Id), (count, Assert.Single(listed)));
        sleeper.Kill();
        sleeper.WaitForExit();
        Assert.Equal(ReadStatus.Gone, tasks.TryCount(sleeper.Id, out _));
    }
}
