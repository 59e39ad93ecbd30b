using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Wording;

/// <summary>How to find the place in the code that opens descriptors, or that it cannot be seen from outside.</summary>
internal static class LeakSite
{
    /// <summary>Accepted connections have one place.</summary>
    internal const string Accept = "accept4";

    internal const string Socket = "socket";

    /// <summary>Fewer descriptors of the largest kind are nothing to search for.</summary>
    private const long Few = 50;

    /// <summary>The first version whose runtime writes a symbol map on request.</summary>
    private const int DotNetWithMap = 8;

    /// <summary>The first version that can write a symbol map.</summary>
    private const int PythonWithMap = 12;

    /// <summary>The system call that opens descriptors of a type; null where there are many.</summary>
    internal static string? CallOf(FdType type) => type switch
    {
        FdType.Socket => Socket,
        FdType.Pipe => "pipe2",
        FdType.File or FdType.DeletedFile or FdType.Device => "openat",
        FdType.EventFd => "eventfd2",
        FdType.EventPoll => "epoll_create1",
        FdType.Inotify => "inotify_init1",
        FdType.TimerFd => "timerfd_create",
        FdType.SignalFd => "signalfd4",
        FdType.MemFd => "memfd_create",
        _ => null,
    };

    /// <summary>For what a process has most of; null where that is little or the runtime is not known.</summary>
    internal static string? Of(ProcessInspection inspection)
    {
        long accepted = inspection.EachSocket.LongCount(static fd => fd.Socket is { Direction: ConnectionDirection.Inbound });
        (string? call, long count) = (Accept, accepted);
        for (int i = 0; i < FdTypeCounts.Length; i++)
        {
            FdType type = (FdType)i;
            long ofType = inspection.Types[type] - (type == FdType.Socket ? accepted : 0);
            (call, count) = ofType > count ? (CallOf(type), ofType) : (call, count);
        }

        return call is not null && count >= Few && inspection.Runtime is { } runtime ? Of(runtime, inspection.Process.Id.Pid, call) : null;
    }

    /// <param name="call">As from <see cref="CallOf"/>, or <see cref="Accept"/>.</param>
    internal static string Of(ProgramRuntime runtime, int pid, string call)
    {
        if (call == Accept)
        {
            return $"Where it opens them ({runtime.Name}): in its accept loop. Which request keeps a connection cannot be seen from outside; look at what follows accept() and does not close it.";
        }

        string how = runtime.Kind switch
        {
            RuntimeKind.Native or RuntimeKind.Go => $"{Perf(pid, call, "dwarf,8192")} shows the call stacks; for lines it needs the program's debug symbols.",
            RuntimeKind.DotNet => DotNet(runtime.Version, pid, call),
            RuntimeKind.Java => FormattableString.Invariant($"jcmd {pid} GC.class_histogram | head -40 counts the objects that keep them; jcmd {pid} JFR.start settings=profile, and after ten minutes jcmd {pid} JFR.dump filename=leak.jfr path-to-gc-roots=true: the event OldObjectSample can name where a fast leak allocates. Thread dumps do not show it."),
            RuntimeKind.Python when MinorOf(runtime.Version) >= PythonWithMap => $"{NotSeen} Restarted with PYTHONPERFSUPPORT=1, {Perf(pid: null, call, "fp")} shows the Python functions.",
            RuntimeKind.Python => $"{NotSeen} Restarted with python3 -X tracemalloc=25 -W always::ResourceWarning, each object that is dropped unclosed is reported with the lines that opened it; objects that are kept are not.",
            RuntimeKind.Node => $"{NotSeen} Restarted with node --perf-basic-prof, {Perf(pid: null, call, "fp")} shows the JavaScript functions, unless the call is asynchronous.",
            _ => NotSeen,
        };
        return $"Where it opens them ({runtime.Name}): {how}";
    }

    private const string NotSeen = "this cannot be seen from outside.";

    // The message of the diagnostics port: magic, length 24, command set 4 (process), command 5 (EnablePerfMap), type 3 (perf map).
    private static string DotNet(string version, int pid, string call)
        => version.Length > 0 && MajorOf(version) < DotNetWithMap ? $"{NotSeen} Restarted with DOTNET_PerfMapEnabled=1, {Perf(pid: null, call, "dwarf,8192")} shows the methods."
            : FormattableString.Invariant($"as its user, printf 'DOTNET_IPC_V1\\0\\030\\0\\004\\005\\0\\0\\003\\0\\0\\0' | nc -NU /tmp/dotnet-diagnostic-{pid}-*-socket makes the runtime write its symbols; then {Perf(pid, call, "dwarf,8192")} shows the methods.");

    private static string Perf(int? pid, string call, string stacks)
        => $"perf record -e syscalls:sys_exit_{call} --filter 'ret>=0' --call-graph {stacks} -p {pid?.ToString(CultureInfo.InvariantCulture) ?? "PID"} -- sleep 60 && perf report --no-children --sort=comm";

    private static int MajorOf(string version) => int.TryParse(version.Split('.')[0], out int major) ? major : 0;

    private static int MinorOf(string version) => version.Split('.') is [_, var text, ..] && int.TryParse(text, out int minor) ? minor : 0;
}
