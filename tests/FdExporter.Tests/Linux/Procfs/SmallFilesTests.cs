using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Kernel files of which one line or one word is read.</summary>
public class SmallFilesTests
{
    [Fact]
    public void Status_Uid_IsTheEffectiveOne()
    {
        Assert.True(ProcessStatus.TryParse("Name:\tsu\nUid:\t1000\t0\t0\t0\nGid:\t1\t1\t1\t1\n"u8, out ProcessStatus status));
        Assert.Equal(0u, status.EffectiveUid);
    }

    [Fact]
    public void Status_NameThatLooksLikeALine_DoesNotForgeTheUid()
    {
        // The kernel escapes the newline of a name in status.
        Assert.True(ProcessStatus.TryParse("Name:\tx\\nUid:\t7\nUid:\t1000\t1000\t1000\t1000\n"u8, out ProcessStatus status));
        Assert.Equal(1000u, status.EffectiveUid);
    }

    [Theory]
    [InlineData("Tgid:\t5470\nUid:\t0\t0\t0\t0\n", 5470ul)]
    [InlineData("Uid:\t0\t0\t0\t0\n", null)]
    [InlineData("Tgid:\tx\nUid:\t0\t0\t0\t0\n", null)]
    public void Status_ThreadGroup_IsNullIfMissing(string text, ulong? group)
    {
        Assert.True(ProcessStatus.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out ProcessStatus status));
        Assert.Equal(group, status.ThreadGroup);
    }

    [Fact]
    public void Status_Cut_Fails()
        => Hostile.TruncatedAtEveryByte(
            "Name:\tx\nUid:\t1000\t1001\t1000\t1000\n",
            static text => ProcessStatus.TryParse(text, out _),
            static cut => cut.Contains("1000\t1001\t1000\t1", StringComparison.Ordinal));

    [Fact]
    public void Status_AnyBytes_NeverThrows() => Hostile.NeverThrows("Uid:\t1\t2\t3\t4\n", static text => ProcessStatus.TryParse(text, out _));

    [Theory]
    [InlineData("0::/system.slice/payment.service\n", "/system.slice/payment.service")]
    [InlineData("12:memory:/docker/3f1e\n1:name=systemd:/docker/3f1e\n0::/\n", "/docker/3f1e")]
    [InlineData("2:cpu:/other\n1:name=systemd:/user.slice/user-0.slice/session-1.scope\n", "/user.slice/user-0.slice/session-1.scope")]
    [InlineData("4:memory:/pod/x\n0::/\n", "/pod/x")]
    [InlineData("0::/\n", "/")]
    [InlineData("0::/a:b/c.service\n", "/a:b/c.service")]
    public void Cgroup_OfSeveralHierarchies_IsTheOneThatSaysMost(string text, string path)
    {
        Assert.True(ProcessCgroup.TryParse(Encoding.ASCII.GetBytes(text), out ReadOnlySpan<byte> parsed));
        Assert.Equal(path, Encoding.ASCII.GetString(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0\n")]
    [InlineData("0:/x\n")]
    public void Cgroup_AnythingElse_Fails(string text) => Assert.False(ProcessCgroup.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Cgroup_AnyBytes_NeverThrows() => Hostile.NeverThrows("0::/a\n", static text => ProcessCgroup.TryParse(text, out _));

    [Theory]
    [InlineData("a\0b\0", new[] { "a", "b" })]
    [InlineData("a\0\0b", new[] { "a", "", "b" })]
    [InlineData("nginx: master process", new[] { "nginx: master process" })]
    [InlineData("", new string[0])]
    public void CommandLine_TakenApart_GivesEachArgument(string text, string[] arguments)
    {
        List<string> taken = [];
        ReadOnlySpan<byte> rest = Encoding.ASCII.GetBytes(text);
        while (ProcessCommandLine.TryTakeArgument(ref rest, out ReadOnlySpan<byte> argument))
        {
            taken.Add(Encoding.ASCII.GetString(argument));
        }

        Assert.Equal(arguments, taken);
    }

    [Theory]
    [InlineData("net:[4026531833]", true, 4026531833)]
    [InlineData("net:[]", false, 0)]
    [InlineData("net:[12", false, 0)]
    [InlineData("pid:[4026531836]", false, 0)]
    [InlineData("", false, 0)]
    public void NetNamespace_Link_IsItsInode(string target, bool parses, ulong inode)
    {
        Assert.Equal(parses, NetNamespace.TryParse(Encoding.ASCII.GetBytes(target), out ulong value));
        Assert.Equal(inode, value);
    }

    [Fact]
    public void NetNamespace_AnyBytes_NeverThrows() => Hostile.NeverThrows("net:[4026531833]", static text => NetNamespace.TryParse(text, out _));

    [Theory]
    [InlineData("user:[4026531837]", true, UserNamespace.Initial)]
    [InlineData("user:[4026532279]", true, 4026532279)]
    [InlineData("user:[]", false, 0)]
    [InlineData("user:[12", false, 0)]
    [InlineData("net:[4026531833]", false, 0)]
    [InlineData("", false, 0)]
    public void UserNamespace_Link_IsItsInode(string target, bool parses, ulong inode)
    {
        Assert.Equal(parses, UserNamespace.TryParse(Encoding.ASCII.GetBytes(target), out ulong value));
        Assert.Equal(inode, value);
    }

    [Theory]
    [InlineData("pid:[4026531836]", true, PidNamespace.Initial)]
    [InlineData("pid:[4026532281]", true, 4026532281)]
    [InlineData("pid:[]", false, 0)]
    [InlineData("pid:[12", false, 0)]
    [InlineData("user:[4026531837]", false, 0)]
    [InlineData("", false, 0)]
    public void PidNamespace_Link_IsItsInode(string target, bool parses, ulong inode)
    {
        Assert.Equal(parses, PidNamespace.TryParse(Encoding.ASCII.GetBytes(target), out ulong value));
        Assert.Equal(inode, value);
    }

    [Theory]
    [InlineData("Name:\tx\nNSpid:\t11342\nNSpgid:\t1\t2\n", 1)]
    [InlineData("Name:\tx\nNSpid:\t11342\t17\t1\n", 3)]
    [InlineData("Name:\tx\nPid:\t11342\n", 0)]
    [InlineData("NSpid:\t\n", 0)]
    [InlineData("NSpid:\t11", 0)]
    public void PidNamespace_OfStatus_FollowsFromTheNumberOfPids(string status, int pids)
        => Assert.Equal(pids, PidNamespace.CountPids(Encoding.ASCII.GetBytes(status)));

    [Fact]
    public void PidNamespace_AnyBytes_NeverThrows()
    {
        Hostile.NeverThrows("pid:[4026531836]", static text => PidNamespace.TryParse(text, out _));
        Hostile.NeverThrows("Name:\tx\nNSpid:\t11342\t17\n", static text => PidNamespace.CountPids(text) > 0);
    }

    [Fact]
    public void UserNamespace_AnyBytes_NeverThrows() => Hostile.NeverThrows("user:[4026531837]", static text => UserNamespace.TryParse(text, out _));

    [Theory]
    [InlineData("6.1.0-37-amd64\n", true, "6.1.0-37-amd64")]
    [InlineData("6.1\u001b[2J\n", false, "")]
    [InlineData("\n", false, "")]
    [InlineData("", false, "")]
    public void OsRelease_Word_IsTheRelease(string text, bool parses, string release)
    {
        Assert.Equal(parses, OsRelease.TryParse(Encoding.ASCII.GetBytes(text), out string value));
        Assert.Equal(release, value);
    }

    [Fact]
    public void OsRelease_Cut_Fails() => Hostile.TruncatedAtEveryByte("6.1.0-37-amd64\n", static text => OsRelease.TryParse(text, out _));

    [Fact]
    public void OsRelease_AnyBytes_NeverThrows() => Hostile.NeverThrows("6.1.0-37-amd64\n", static text => OsRelease.TryParse(text, out _));

    [Theory]
    [InlineData("CapEff:\t0000000000080004\n", "CAP_DAC_READ_SEARCH CAP_SYS_PTRACE")]
    [InlineData("CapEff:\t0000000000200000\n", "CAP_SYS_ADMIN")]
    [InlineData("CapEff:\t0000000000000000\n", "")]
    [InlineData("CapPrm:\t0000000000000004\n", null)]
    [InlineData("CapEff:\t\n", null)]
    [InlineData("CapEff:\t0000000000080000x\n", null)]
    [InlineData("CapEff:\t80000\n", null)]
    public void Status_Capabilities_AreBits_AndNotGuessed(string text, string? held) => Assert.Equal(held, StatusOf(text).Effective?.ToString());

    [Theory]
    [InlineData("NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n", true, 2ul)]
    [InlineData("CapAmb:\t0\nNoNewPrivs:\t0\nSeccomp:\t0\n", false, 0ul)]
    [InlineData("NoNewPrivs:\t1\n", true, null)]
    [InlineData("NoNewPrivs:\t2\nSeccomp:\t2\n", null, 2ul)]
    [InlineData("NoNewPrivs:\t1\nSeccomp:\tx\n", true, null)]
    [InlineData("NoNewPrivs:\t1\nSeccomp_filters:\t2\n", true, null)]
    public void Status_Confinement_IsInTwoLines(string text, bool? hasNoNewPrivileges, ulong? seccomp)
        => Assert.Equal((hasNoNewPrivileges, seccomp), (StatusOf(text).HasNoNewPrivileges, StatusOf(text).Seccomp));

    [Fact]
    public void BootTime_LineAmongOthers_IsFound()
    {
        Assert.True(BootTime.TryParse("cpu  1 2 3\nintr 9 8\nctxt 5\nbtime 1763671200\nprocesses 7\n"u8, out ulong seconds));
        Assert.Equal(1763671200ul, seconds);
        Assert.False(BootTime.TryParse("cpu  1 2 3\n"u8, out _));
    }

    [Fact]
    public void NrOpen_Number_IsRead()
    {
        Assert.True(NrOpen.TryParse("1048576\n"u8, out ulong value));
        Assert.Equal(1048576ul, value);
        Assert.False(NrOpen.TryParse("x\n"u8, out _));
    }

    [Fact]
    public void Dirent_CutOrCorrupt_NeverThrows()
        => Hostile.NeverThrows(
            new string('\0', 16) + "\u0018\0\u0004" + "123\0\0\0",
            static entries =>
            {
                while (Dirent.TryTakeNumber(ref entries, out _, out _))
                {
                }

                return true;
            });

    private static ProcessStatus StatusOf(string text)
    {
        Assert.True(ProcessStatus.TryParse(Encoding.ASCII.GetBytes("Uid:\t1\t1\t1\t1\n" + text), out ProcessStatus status));
        return status;
    }
}
