using System.Diagnostics;
using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Model;

/// <summary>Processes that are stopped, traced or frozen in the real kernel.</summary>
public sealed class ProcessRunKernelTests : IDisposable
{
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    private readonly Process _sleep = Process.Start("sleep", "300");
    private readonly ProcFs _procFs = ProcFs.Open("/proc");

    public void Dispose()
    {
        _sleep.Kill();
        _sleep.WaitForExit();
        _sleep.Dispose();
        _procFs.Dispose();
    }

    [Fact]
    public void ProcessThatWaits_Runs() => Assert.Equal(ProcessRun.Runs, Read());

    [Fact]
    public void ProcessThatIsGone_IsNotStopped()
    {
        _sleep.Kill();
        _sleep.WaitForExit();
        Assert.Equal(ProcessRun.Runs, Read());
    }

    [Fact]
    public void Stopped_BySignal_UntilItIsContinued()
    {
        Child.Signal(_sleep.Id, SIGSTOP);
        WaitFor(new ProcessRun(RunState.Stopped));
        Child.Signal(_sleep.Id, SIGCONT);
        WaitFor(ProcessRun.Runs);
    }

    [Fact]
    [Needs("python3")]
    public void Traced_NamesTheDebugger()
    {
        using Process debugger = Process.Start(new ProcessStartInfo("python3", ["-c", "import ctypes, sys, time; ctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0); time.sleep(300)", Pid]))!;
        try
        {
            WaitFor(new ProcessRun(RunState.Traced, debugger.Id, "python3"));
        }
        finally
        {
            debugger.Kill();
            debugger.WaitForExit();
        }
    }

    [Fact]
    [Needs("root", "mount")]
    public void Frozen_NamesTheFileThatThawsIt()
    {
        string mount = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        Assert.SkipWhen(TryRun("mount", "-t", "cgroup2", "cgroup2", mount) != 0, "no control groups can be mounted here");
        string group = Path.Combine(mount, $"fd-exporter-test-{Pid}");
        try
        {
            Directory.CreateDirectory(group);
            File.WriteAllText(Path.Combine(group, "cgroup.procs"), Pid);
            File.WriteAllText(Path.Combine(group, "cgroup.freeze"), "1");
            WaitFor(new ProcessRun(RunState.Frozen, FreezeFile: $"/fd-exporter-test-{Pid}/cgroup.freeze"), isSuffix: true);
            File.WriteAllText(Path.Combine(group, "cgroup.freeze"), "0");
            WaitFor(ProcessRun.Runs);
        }
        finally
        {
            _sleep.Kill();
            _sleep.WaitForExit();
            SpinWait.SpinUntil(() => File.ReadAllText(Path.Combine(group, "cgroup.procs")).Length == 0, s_timeout);
            Run("rmdir", group);
            Run("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Theory]
    [InlineData("do_freezer_trap", 'S', true)]
    [InlineData("get_signal", 'S', true)]
    [InlineData("__refrigerator", 'D', true)]
    [InlineData("get_signal", 'R', false)]
    [InlineData("__refrigerator", 'S', false)]
    [InlineData("ep_poll", 'S', false)]
    [InlineData("0", 'S', false)]
    [InlineData("", 'D', false)]
    public void WaitChannel_TellsTheFreezer(string channel, char state, bool isFrozen)
        => Assert.Equal(isFrozen, WaitChannel.IsFrozen(System.Text.Encoding.ASCII.GetBytes(channel), (byte)state));

    private string Pid => _sleep.Id.ToString(CultureInfo.InvariantCulture);

    private ProcessRun Read() => new ProcessRunReader(_procFs).Read(Snapshots.Process(_sleep.Id, "sleep", 3));

    private void WaitFor(ProcessRun expected, bool isSuffix = false)
    {
        ProcessRun run = ProcessRun.Runs;

        // The path of the group may be relative to another root.
        SpinWait.SpinUntil(() => IsExpected(run = Read()), s_timeout);
        Assert.True(IsExpected(run), $"{run}, not {expected}");

        bool IsExpected(ProcessRun seen) => isSuffix
            ? seen.State == expected.State && seen.FreezeFile.EndsWith(expected.FreezeFile, StringComparison.Ordinal)
            : seen == expected;
    }

    private static void Run(string program, params string[] arguments) => Assert.Equal(0, TryRun(program, arguments));

    private static int TryRun(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
