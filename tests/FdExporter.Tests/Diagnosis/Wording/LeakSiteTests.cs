using System.Collections.Immutable;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis.Wording;

public class LeakSiteTests
{
    [Theory]
    [InlineData((int)RuntimeKind.Native, "", "Where it opens them (native): perf record -e syscalls:sys_exit_socket --filter 'ret>=0' --call-graph dwarf,8192 -p 42 -- sleep 60 && perf report --no-children --sort=comm shows the call stacks")]
    [InlineData((int)RuntimeKind.Go, "", "Where it opens them (Go): perf record -e syscalls:sys_exit_socket")]
    [InlineData((int)RuntimeKind.DotNet, "10.0.1", "| nc -NU /tmp/dotnet-diagnostic-42-*-socket makes the runtime write its symbols; then perf record")]
    [InlineData((int)RuntimeKind.DotNet, "6.0.36", "this cannot be seen from outside. Restarted with DOTNET_PerfMapEnabled=1")]
    [InlineData((int)RuntimeKind.Java, "", "jcmd 42 GC.class_histogram")]
    [InlineData((int)RuntimeKind.Python, "3.12", "this cannot be seen from outside. Restarted with PYTHONPERFSUPPORT=1")]
    [InlineData((int)RuntimeKind.Python, "3.11", "this cannot be seen from outside. Restarted with python3 -X tracemalloc=25")]
    [InlineData((int)RuntimeKind.Node, "", "this cannot be seen from outside. Restarted with node --perf-basic-prof")]
    [InlineData((int)RuntimeKind.Ruby, "3.1", "Where it opens them (Ruby 3.1): this cannot be seen from outside.")]
    [InlineData((int)RuntimeKind.Php, "8.2", "Where it opens them (PHP 8.2): this cannot be seen from outside.")]
    public void Of_Socket_NamesTheCommandOrSaysThatThereIsNone(int kind, string version, string expected)
        => Assert.Contains(expected, LeakSite.Of(new ProgramRuntime((RuntimeKind)kind, version), 42, LeakSite.Socket), StringComparison.Ordinal);

    [Fact]
    public void Of_AcceptedConnection_IsTheAcceptLoop()
        => Assert.StartsWith("Where it opens them (Go): in its accept loop.", LeakSite.Of(new ProgramRuntime(RuntimeKind.Go, ""), 42, LeakSite.Accept), StringComparison.Ordinal);

    [Fact]
    public void Of_Inspection_IsForWhatItHasMostOf()
    {
        ProcessInspection inspection = Inspection(60);
        Assert.Contains("sys_exit_openat", LeakSite.Of(inspection), StringComparison.Ordinal);
        Assert.Null(LeakSite.Of(inspection with { Program = null }));
        Assert.Null(LeakSite.Of(Inspection(49)));
    }

    private static ProcessInspection Inspection(int files)
    {
        FdTypeCounts types = default;
        types[FdType.File] = files;
        types[FdType.Pipe] = 10;
        return new ProcessInspection
        {
            TakenAt = default,
            Process = Snapshots.Process(42, "app", files, null),
            Arguments = [],
            IsVisible = true,
            Types = types,
            Fds = ImmutableArray<FdSample>.Empty,
            Unlisted = 0,
            IsCutShort = false,
            Program = new RunningProgram("/srv/appserver", null, IsReplaced: false, new ProgramRuntime(RuntimeKind.Native, "")),
        };
    }
}
