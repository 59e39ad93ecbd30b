using System.Diagnostics;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using Microsoft.Win32.SafeHandles;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Links of the real kernel for files of this process.</summary>
public sealed class FdLinksKernelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_IsDeletedWhenItHasNoNameLeft_WhateverItsNameWas()
    {
        using SafeFileHandle plain = Create("plain");
        using SafeFileHandle named = Create("real (deleted)");
        using SafeFileHandle deleted = Create("gone");
        using SafeFileHandle deletedNamed = Create("gone (deleted)");
        using SafeFileHandle renamedOver = Create("old");
        using SafeFileHandle linked = Create("linked");
        File.Delete(PathOf("gone"));
        File.Delete(PathOf("gone (deleted)"));
        File.WriteAllText(PathOf("new"), "");
        File.Move(PathOf("new"), PathOf("old"), overwrite: true);
        HardLink("linked", "second");
        File.Delete(PathOf("linked"));

        Dictionary<int, FdKind> kinds = Kinds();
        Assert.Equal(
            [FdKind.File, FdKind.File, FdKind.DeletedFile, FdKind.DeletedFile, FdKind.DeletedFile, FdKind.File],
            new[] { plain, named, deleted, deletedNamed, renamedOver, linked }.Select(handle => kinds[(int)handle.DangerousGetHandle()]));
        File.Delete(PathOf("second"));
        Assert.Equal(FdKind.DeletedFile, Kinds()[(int)linked.DangerousGetHandle()]);
    }

    [Fact]
    public async Task FileWhosePathIsTooLongForTheKernel_IsAFile_OrADeletedOne()
    {
        await using Shell shell = await Shell.StartAsync("deep");
        string name = new('x', 200);
        await shell.RunAsync($"cd {_folder}; for i in $(seq 25); do mkdir {name}; cd {name}; done; exec 5> file");
        Assert.Equal(FdKind.File, Kinds(shell.Pid)[5]);
        await shell.RunAsync($"rm file; cd {_folder}");
        Assert.Equal(FdKind.DeletedFile, Kinds(shell.Pid)[5]);
        await shell.RunAsync("rm -r xxx*");
    }

    private static Dictionary<int, FdKind> Kinds() => Kinds(Environment.ProcessId);

    private static Dictionary<int, FdKind> Kinds(int pid)
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        Dictionary<int, FdKind> kinds = [];
        int next = 0;
        Assert.Equal(ReadStatus.Ok, new FdLinks(procFs).TryWalk(pid, ref next, (number, link, _) =>
        {
            kinds[number] = link.Kind;
            return true;
        }));
        return kinds;
    }

    private void HardLink(string from, string to)
    {
        using Process ln = Process.Start("ln", [PathOf(from), PathOf(to)]);
        ln.WaitForExit();
        Assert.Equal(0, ln.ExitCode);
    }

    private SafeFileHandle Create(string name) => File.OpenHandle(PathOf(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
