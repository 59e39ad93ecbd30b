using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Files;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Files;

public sealed class InotifyOrderTests
{
    /// <summary>The pids of a captured host are not those of our system calls.</summary>
    [Fact]
    public void WhereTheKernelCannotCompare_TheSameNumberInParentAndChildIsOneInstance()
    {
        using FixtureHost host = new();
        using ProcFs procFs = ProcFs.Open(host.Root);
        InotifyOrder order = new(procFs);
        InotifyInstance parent = order.Find(Row(0, 10, 5), parent: 1).Instance;
        Assert.Same(parent, order.Find(Row(1, 11, 5), parent: 10).Instance);
        Assert.Same(parent, order.Find(Row(2, 12, 5), parent: 11).Instance);
        Assert.NotSame(parent, order.Find(Row(2, 12, 6), parent: 11).Instance);
        Assert.NotSame(parent, order.Find(Row(3, 13, 5), parent: 1).Instance);
        order.RemoveGone(instance => instance == parent);
        Assert.NotSame(parent, order.Find(Row(4, 14, 5), parent: 10).Instance);
    }

    private static FdMemory<InotifyLink>.Row Row(int slot, int pid, int number)
        => new(new ListedFd(slot, 0, number, slot, new ProcFolder(pid)), new ProcessId(pid, 1));
}
