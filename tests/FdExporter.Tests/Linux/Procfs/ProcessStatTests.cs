using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class ProcessStatTests
{
    private const string Sample =
        "41 (app (v2) x)) S 1 0 0 0 -1 4194304 963 0 0 0 0 1 0 0 20 0 1 0 23470 14155776 2283 18446744073709551615 1 1 0 0 0 0 0 16781312 2 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

    [Fact]
    public void Parse_CommWithParens_UsesLastParen()
    {
        Assert.True(ProcessStat.TryParse(Encoding.ASCII.GetBytes(Sample), out ProcessStat stat));
        Assert.Equal("app (v2) x)", Encoding.ASCII.GetString(stat.Comm));
        Assert.Equal((byte)'S', stat.State);
        Assert.Equal(23470ul, stat.StartTicks);
        Assert.Equal((1, 1ul), (stat.ParentPid, stat.Threads));
        Assert.False(stat.IsKernelThread);
    }

    [Fact]
    public void Parse_Addresses_AreUnknownWithoutPtraceAccess()
    {
        Assert.True(ProcessStat.TryParse(Encoding.ASCII.GetBytes(Sample), out ProcessStat hidden));
        Assert.False(hidden.Image.HasAddresses);
        Assert.Equal(963ul, hidden.Image.MinorFaults);
        Assert.True(ProcessStat.TryParse(
            Encoding.ASCII.GetBytes(Sample.Replace("615 1 1 0 ", "615 94436385886208 94436385886549 140736551088432 ", StringComparison.Ordinal)), out ProcessStat shown));
        Assert.Equal(new ProcessImage(963, 94436385886208, 140736551088432), shown.Image);
    }

    [Fact]
    public void Image_OfAnotherProgram_IsDetectedByItsAddressesOrUncertain()
    {
        ProcessImage before = new(1000, 0x1000, 0x2000);
        Assert.False((before with { MinorFaults = 5000 }).IsOther(before));
        Assert.False((before with { MinorFaults = 5000 }).MayBeOther(before));
        Assert.True((before with { CodeStart = 0x3000 }).IsOther(before));
        Assert.True((before with { StackStart = 0x3000 }).IsOther(before));

        ProcessImage hidden = new(1000, 1, 0);
        Assert.False((hidden with { MinorFaults = 1015 }).MayBeOther(hidden));
        Assert.True((hidden with { MinorFaults = 1016 }).MayBeOther(hidden));
        Assert.False((hidden with { MinorFaults = 5000 }).IsOther(hidden));
    }

    [Theory]
    [InlineData('Z', 1, true, false)]
    [InlineData('X', 1, true, false)]
    [InlineData('Z', 2, false, true)]
    [InlineData('X', 2, false, true)]
    [InlineData('S', 1, false, false)]
    [InlineData('S', 2, false, false)]
    public void Parse_Zombie_IsOneWithoutFurtherThreads_ElseItHasLostItsMainThread(char state, int threads, bool isZombie, bool hasLostMainThread)
    {
        string text = Sample.Replace(") S 1", $") {state} 1", StringComparison.Ordinal).Replace("20 0 1 0", $"20 0 {threads} 0", StringComparison.Ordinal);
        Assert.True(ProcessStat.TryParse(Encoding.ASCII.GetBytes(text), out ProcessStat stat));
        Assert.Equal((isZombie, hasLostMainThread), (stat.IsZombie, stat.HasLostMainThread));
    }

    [Theory]
    [InlineData("36", "java")]
    [InlineData("41", "app (v2) x)")]
    [InlineData("50", "a\"b\\c\nd")]
    [InlineData("54", "caf\u00e9\u00ff")]
    public void Read_CapturedProcesses_GivesTheNameAsItWasSet(string pid, string latin1Comm)
    {
        using ProcFs procFs = ProcFs.Open(Path.Combine(Repository.Fixtures, "host"));
        byte[] buffer = new byte[1024];
        Assert.Equal(ReadStatus.Ok, ProcessStat.TryRead(procFs, int.Parse(pid), buffer, out ProcessStat stat));
        Assert.Equal(latin1Comm, Encoding.Latin1.GetString(stat.Comm));
    }

    [Fact]
    public void Read_KernelThread_IsSeenByItsFlags()
    {
        using ProcFs procFs = ProcFs.Open(Path.Combine(Repository.Fixtures, "host"));
        Assert.Equal(ReadStatus.Ok, ProcessStat.TryRead(procFs, 2, new byte[1024], out ProcessStat stat));
        Assert.True(stat.IsKernelThread);
    }

    [Fact]
    public void Parse_CutAnywhereBeforeTheStart_Fails()
        => Hostile.TruncatedAtEveryByte(
            Sample,
            static text => ProcessStat.TryParse(text, out _),
            static cut => cut.Contains(" 23470 ", StringComparison.Ordinal));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Sample, static text => ProcessStat.TryParse(text, out _));

    [Fact]
    public void Read_NoSuchProcess_IsGone()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        Assert.Equal(ReadStatus.Gone, ProcessStat.TryRead(procFs, int.MaxValue, new byte[1024], out _));
    }
}
