using System.Diagnostics;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public sealed class WorkingDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly ProcFs _procFs = ProcFs.Open("/proc");

    public void Dispose()
    {
        _procFs.Dispose();

        // .NET cannot name the deepest.
        using Process remove = Process.Start("rm", ["-rf", _folder]);
        remove.WaitForExit();
    }

    [Fact]
    public void Read_Own_IsWhereWeAre()
    {
        Assert.Equal(ReadStatus.Ok, WorkingDirectory.TryRead(_procFs, Environment.ProcessId, out string path));
        Assert.Equal(Environment.CurrentDirectory, path);
    }

    [Fact]
    public void Read_NoSuchProcess_IsGone() => Assert.Equal(ReadStatus.Gone, WorkingDirectory.TryRead(_procFs, int.MaxValue, out _));

    [Fact]
    [Needs("perl")]
    public void Read_DeletedDirectory_IsNamedAsItWas()
        => In("mkdir 'shop'; chdir 'shop'; rmdir '../shop'", pid =>
        {
            Assert.Equal(ReadStatus.Ok, WorkingDirectory.TryRead(_procFs, pid, out string path));
            Assert.Equal(Path.Combine(_folder, "shop"), path);
        });

    /// <summary>Any user can create one; it must not fail a scan.</summary>
    [Fact]
    [Needs("perl")]
    public void Read_DirectoryTooDeepToBeNamed_IsNone()
        => In("for (1 .. 30) { mkdir 'd' x 200; chdir 'd' x 200 }", pid =>
        {
            Assert.Equal(ReadStatus.Malformed, WorkingDirectory.TryRead(_procFs, pid, out string path));
            Assert.Empty(path);
        });

    private void In(string code, Action<int> act)
    {
        using Process perl = Process.Start(new ProcessStartInfo("perl", ["-e", $"$| = 1; {code}; print qq(1\\n); <STDIN>"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        })!;
        Assert.Equal("1", perl.StandardOutput.ReadLine());
        act(perl.Id);
        perl.StandardInput.Close();
        perl.WaitForExit();
    }
}
