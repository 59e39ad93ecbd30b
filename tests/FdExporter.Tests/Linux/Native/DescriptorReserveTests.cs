using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Native;

// Descriptors that other tests open and close would take the numbers that these tests check.
[Collection(Alone.Name)]
public sealed partial class DescriptorReserveTests : IDisposable
{
    private const int KCMP_FILE = 0;

    private readonly List<int> _refusals = [];
    private readonly DescriptorReserve _reserve;

    public DescriptorReserveTests() => _reserve = new DescriptorReserve(5, _refusals.Add);

    public void Dispose() => _reserve.Dispose();

    [Fact]
    public void Descriptors_AreEachAFileOfItsOwn_WhichTheMachinesTableCounts()
    {
        int[] held = Held();
        Assert.Equal(5, held.Length);
        Assert.SkipWhen(IsSameFile(held[0], held[0]) is null, "this kernel has no kcmp(2)");
        Assert.All(held.Skip(1), other => Assert.False(IsSameFile(held[0], other)));
    }

    [Fact]
    public void GiveUp_ClosesOneForEachRefusal_DownToTheMinimum()
    {
        Assert.True(_reserve.TryGiveUp(Libc.ENFILE, keep: 3));
        Assert.True(_reserve.TryGiveUp(Libc.EMFILE, keep: 3));
        Assert.False(_reserve.TryGiveUp(Libc.EMFILE, keep: 3));
        Assert.Equal(3, _reserve.Count);
        Assert.Equal(3, Held().Length);
        Assert.Equal([Libc.ENFILE, Libc.EMFILE, Libc.EMFILE], _refusals);
        Assert.True(_reserve.TryFill());
        Assert.Equal(5, Held().Length);
    }

    [Fact]
    public void LentDescriptor_ComesBackWhenTheFileIsClosed()
    {
        Assert.True(_reserve.TryGiveUp(Libc.EMFILE));
        using (new ScopedFd(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG), _reserve))
        {
            Assert.Equal(4, _reserve.Count);
        }

        Assert.Equal(5, _reserve.Count);
    }

    [Fact]
    public void Disposed_HoldsNothingAndTakesNothing()
    {
        _reserve.Dispose();
        Assert.Empty(Held());
        Assert.True(_reserve.TryFill());
        Assert.Empty(Held());
    }

    private static int[] Held() => [.. Directory.GetFileSystemEntries("/proc/self/fd")
        .Where(static fd => new FileInfo(fd).LinkTarget == "/")
        .Select(static fd => int.Parse(Path.GetFileName(fd), System.Globalization.CultureInfo.InvariantCulture))];

    private static bool? IsSameFile(int one, int other)
    {
        long result = kcmp(NumberOfKcmp, Environment.ProcessId, Environment.ProcessId, KCMP_FILE, one, other);
        return result < 0 ? null : result == 0;
    }

    private static long NumberOfKcmp => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 272 : 312;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long kcmp(long number, long pid1, long pid2, long type, long fd1, long fd2);
}
