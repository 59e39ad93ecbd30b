using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Files in fdinfo that are no descriptors. Captured on Linux 6.18; the list with names only is from 6.1.</summary>
public class FdInfoFilesTests
{
    private const string Head = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t113854\nSqMask:\t0x7\nSQEs:\t0\nSqThread:\t-1\n";

    [Theory]
    [InlineData("UserFiles:\t3\n    0: socket:[112590]\n    1: /srv/a b\n    2: socket:[112594]\nUserBufs:\t1\n    0: 0x7f/4096\nPollList:\n", true, "socket:[112590]|/srv/a b|socket:[112594]")]
    [InlineData("UserFiles:\t2\n    0: TCP\n    1: <none>\nUserBufs:\t0\n", true, "TCP")]
    [InlineData("UserFiles:\t0\nUserBufs:\t0\n", true, "")]
    [InlineData("", false, "")]
    [InlineData("UserFiles:\t1\n    0:\n  x\n", true, "")]
    public void IoUring_RegisteredFiles_AreTheLinesOfItsList(string tail, bool isKnown, string files)
    {
        (bool known, string found) = FilesOf(Encoding.ASCII.GetBytes(Head + tail));
        Assert.Equal((isKnown, files), (known, found));
    }

    [Theory]
    [InlineData("pos:\t0\nino:\t114097\nscm_fds: 120\n", 120)]
    [InlineData("pos:\t0\nino:\t114097\nscm_fds: 0\n", 0)]
    [InlineData("pos:\t0\nino:\t114097\n", null)]
    [InlineData("scm_fds: 12", null)]
    [InlineData("scm_fds: x\n", null)]
    [InlineData("scm_fds: 18446744073709551615\n", null)]
    public void Unix_InFlight_IsItsNumber_OrUnknownIfMissing(string text, int? count)
        => Assert.Equal(count, UnixFdInfo.TryParse(Encoding.ASCII.GetBytes(text), out long found) ? (int?)found : null);

    [Fact]
    public void AnyBytes_NeverThrow()
        => Hostile.NeverThrows(
            Head + "UserFiles:\t2\n    0: socket:[112590]\nscm_fds: 3\n",
            static text =>
            {
                _ = FilesOf(text);
                _ = UnixFdInfo.TryParse(text, out _);
                return true;
            });

    private static (bool IsKnown, string Files) FilesOf(ReadOnlySpan<byte> text)
    {
        IoUringFdInfo ring = default;
        List<string> files = [];
        foreach (string line in Encoding.Latin1.GetString(text).Split('\n'))
        {
            if (ring.TryTakeFile(Encoding.Latin1.GetBytes(line), out ReadOnlySpan<byte> target))
            {
                files.Add(Encoding.Latin1.GetString(target));
            }
        }

        return (ring.IsKnown, string.Join('|', files));
    }
}
