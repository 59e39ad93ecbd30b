using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class FdDirectoryTests
{
    [Fact]
    public void Count_OfAnotherProcess_IsAlikeByStatAndByListing()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        FdDirectory directory = new(procFs);
        using System.Diagnostics.Process sleeper = System.Diagnostics.Process.Start("sleep", "60");
        try
        {
            // At its start, the loader opens and closes libraries between two counts.
            (long Listed, long Counted, int Seen) counts = default;
            for (int tries = 0; tries < 1000 && (counts.Listed == 0 || counts.Listed != counts.Counted || counts.Listed != counts.Seen); tries++)
            {
                Assert.Equal(ReadStatus.Ok, directory.TryCountByListing(ProcPath.Of(sleeper.Id, "fd"u8), out counts.Listed));
                Assert.Equal(ReadStatus.Ok, directory.TryCount(sleeper.Id, out counts.Counted));
                counts.Seen = Directory.GetFileSystemEntries($"/proc/{sleeper.Id}/fd").Length;
            }

            Assert.Equal((counts.Seen, counts.Seen), (counts.Listed, counts.Counted));
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }

        Assert.Equal(ReadStatus.Gone, directory.TryCount(sleeper.Id, out _));
    }

    [Fact]
    public void Count_OfACapturedRoot_ListsIt()
    {
        using ProcFs procFs = ProcFs.Open(Path.Combine(Repository.Fixtures, "host"));
        FdDirectory directory = new(procFs);
        Assert.Equal(FdCountSource.Readdir, directory.Source);
        Assert.Equal(ReadStatus.Ok, directory.TryCount(58, out long count));
        Assert.Equal(27, count);
        Assert.Equal(ReadStatus.Gone, directory.TryCount(59, out _));
    }

    [Fact]
    public void Open_NoSuchRoot_NamesIt()
    {
        IOException exception = Assert.ThrowsAny<IOException>(() => ProcFs.Open("/nonexistent/proc"));
        Assert.Contains("/nonexistent/proc", exception.Message, StringComparison.Ordinal);
    }
}
