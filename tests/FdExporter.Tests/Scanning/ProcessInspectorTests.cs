using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning;

public class ProcessInspectorTests
{
    [Fact]
    public void LongestPaths_AreListedWithinBounds_AndTheRestIsCounted()
    {
        using FixtureHost host = new();
        const int count = 9000;
        string target = "/" + new string('x', 4000);
        for (int fd = 1000; fd < 1000 + count; fd++)
        {
            File.CreateSymbolicLink(host.PathOf($"9/fd/{fd}"), target);
        }

        using HostScanner scanner = new(host.Root, static process => process.Comm, TimeProvider.System, NullLogger<HostScanner>.Instance);
        ProcessInspection inspection = scanner.TryInspect(9, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)))!;
        Assert.InRange(inspection.Fds.Sum(static fd => (long)fd.Target.Length), ProcessInspection.MostTargets - 4001, ProcessInspection.MostTargets);
        Assert.Equal((count + 7, count), (inspection.Fds.Length + inspection.Unlisted, inspection.Types[FdType.File]));
        Assert.False(inspection.IsCutShort);
    }
}
