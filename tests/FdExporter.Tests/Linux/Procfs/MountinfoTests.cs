using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Lines captured on Linux 6.18, older spellings from proc_pid_mountinfo(5).</summary>
public class MountinfoTests
{
    private const string Line = "65 44 0:39 / /host/proc rw,relatime shared:12 master:1 - proc proc rw,gid=5,hidepid=invisible";

    [Theory]
    [InlineData("22 27 0:21 / /proc rw,relatime - proc proc rw", 22, "proc", null)]
    [InlineData(Line, 65, "proc", "invisible")]
    [InlineData("65 44 0:39 / /h\\040p rw,relatime - proc proc rw,hidepid=2", 65, "proc", "2")]
    [InlineData("30 1 8:1 / / rw - ext4 /dev/sda1 rw,errors=remount-ro,xhidepid=2", 30, "ext4", null)]
    public void Line_IsMountFileSystemAndOption(string line, ulong id, string fileSystem, string? hidepid)
    {
        Assert.True(Mountinfo.TryParse(Encoding.ASCII.GetBytes(line), out Mountinfo mount));
        Assert.Equal((id, fileSystem), (mount.Id, Encoding.ASCII.GetString(mount.FileSystem)));
        Assert.Equal(hidepid, mount.TryGetOption("hidepid"u8, out ReadOnlySpan<byte> value) ? Encoding.ASCII.GetString(value) : null);
    }

    [Fact]
    public void OptionWithoutValue_IsThereAndEmpty()
    {
        Assert.True(Mountinfo.TryParse("1 2 0:3 / /x ro - proc proc ro,nodots"u8, out Mountinfo mount));
        Assert.True(mount.TryGetOption("nodots"u8, out ReadOnlySpan<byte> value));
        Assert.True(value.IsEmpty);
        Assert.False(mount.TryGetOption("rw"u8, out _));
    }

    [Fact]
    public void Line_Cut_Fails()
        => Hostile.TruncatedAtEveryByte(
            Line,
            static text => Mountinfo.TryParse(text, out _),
            static cut => cut.Contains(" - proc proc r", StringComparison.Ordinal));

    [Fact]
    public void Line_AnyBytes_NeverThrows()
        => Hostile.NeverThrows(Line, static text => Mountinfo.TryParse(text, out Mountinfo mount) && mount.TryGetOption("hidepid"u8, out _));

    [Fact]
    public void OwnProc_IsFoundByTheFolderThatIsOpen()
    {
        using ProcFs own = ProcFs.Open("/proc");
        byte[] buffer = new byte[64];
        Assert.Equal(ReadStatus.Ok, FdInfo.TryRead(own, own.RootFd, out ulong id));
        Assert.Equal(ReadStatus.Ok, Mountinfo.TryRead(own, id, ref buffer, out Mountinfo mount));
        Assert.Equal("proc", Encoding.ASCII.GetString(mount.FileSystem));
        Assert.Contains(File.ReadLines("/proc/self/mountinfo"), line => line.StartsWith(FormattableString.Invariant($"{id} "), StringComparison.Ordinal) && line.Contains(" /proc ", StringComparison.Ordinal));
        Assert.Equal(ReadStatus.Gone, Mountinfo.TryRead(own, ulong.MaxValue, ref buffer, out _));
    }

    [Theory]
    [InlineData("pos:\t0\nflags:\t0100000\nmnt_id:\t24\nino:\t3\n", true, 24)]
    [InlineData("pos:\t0\nflags:\t0100000\nmnt_id:\t24\n", true, 24)]
    [InlineData("pos:\t0\nflags:\t0100000\nmnt_id:\t24", false, 0)]
    [InlineData("pos:\t0\nflags:\t0100000\nmnt_id:\tx\nino:\t3\n", false, 0)]
    [InlineData("pos:\t0\nflags:\t0100000\n", false, 0)]
    public void FdInfo_HasTheMount(string text, bool parses, ulong id)
    {
        Assert.Equal(parses, FdInfo.TryParse(Encoding.ASCII.GetBytes(text), out ulong value));
        Assert.Equal(id, value);
    }

    [Fact]
    public void FdInfo_Cut_Fails()
        => Hostile.TruncatedAtEveryByte(
            "pos:\t0\nmnt_id:\t24\nino:\t3\n",
            static text => FdInfo.TryParse(text, out _),
            static cut => cut.Contains("24\n", StringComparison.Ordinal));

    [Fact]
    public void FdInfo_AnyBytes_NeverThrows() => Hostile.NeverThrows("mnt_id:\t24\nino:\t3\n", static text => FdInfo.TryParse(text, out _));
}
