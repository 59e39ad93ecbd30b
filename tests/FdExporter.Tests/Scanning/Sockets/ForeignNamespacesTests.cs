using System.Diagnostics;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Sockets;

/// <summary>Cases for which a test of the whole program would have to wait. Creates a real namespace, so it needs root.</summary>
[Needs("root", "unshare")]
public class ForeignNamespacesTests
{
    [Fact]
    public void ReleaseIdle_AfterAWhileWithoutScans_ReleasesTheNamespaces()
    {
        using Process sleeper = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo inside; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("inside", sleeper.StandardOutput.ReadLine());
            FakeTimeProvider time = new(DateTimeOffset.UtcNow);
            using ProcFs procFs = ProcFs.Open("/proc");
            ProcessCollector processes = new(procFs, static process => process.Comm, time);
            using NamespaceVisitor visitor = new();
            using ForeignNamespaces namespaces = new(procFs, visitor, time);
            Deadline deadline = new(time, TimeSpan.FromMinutes(1));
            Assert.Equal(ReadStatus.Ok, NetNamespace.TryReadOwn(procFs, out ulong host));
            namespaces.Read(processes.Collect(deadline), host, new TcpSocketTable(TimeProvider.System), deadline);
            int held = namespaces.Count;
            Assert.True(held > 0);
            time.Advance(ForeignNamespaces.MaxIdle - TimeSpan.FromSeconds(1));
            namespaces.ReleaseIdle();
            Assert.Equal(held, namespaces.Count);
            time.Advance(TimeSpan.FromSeconds(1));
            namespaces.ReleaseIdle();
            Assert.Equal(0, namespaces.Count);
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }
    }
}
