using System.Diagnostics;
using FdExporter.Linux.Procfs;

namespace FdExporter.Tests.Linux.Procfs;

public class ProcessDirectoryTests
{
    [Fact]
    public void Read_RealKernel_NumberOfTheFolderStaysWhileTheProcessLives()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        ProcessDirectory directory = new(procFs);
        List<ProcessEntry> entries = [];
        using Process sleeper = Process.Start("sleep", "60");
        try
        {
            directory.Read(entries);
            ProcessEntry ours = Assert.Single(entries, static entry => entry.Pid == Environment.ProcessId);
            ProcessEntry theirs = Assert.Single(entries, entry => entry.Pid == sleeper.Id);
            Assert.True(ours.Inode > ProcessEntry.NoInode);
            Assert.NotEqual(ours.Inode, theirs.Inode);

            directory.Read(entries);
            Assert.Contains(ours, entries);
            Assert.Contains(theirs, entries);
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }

        directory.Read(entries);
        Assert.DoesNotContain(entries, entry => entry.Pid == sleeper.Id);
    }
}
