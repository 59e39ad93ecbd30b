using FdExporter.Model;

namespace FdExporter.Tests.Testing;

/// <summary>Snapshots made by hand, for tests that do not need the kernel.</summary>
internal static class Snapshots
{
    internal static HostSnapshot Of(params ProcessSample[] processes) => new()
    {
        TakenAt = DateTimeOffset.UnixEpoch,
        Outcomes = [],
        Processes = new ProcessTable([.. processes], 0, 0, 0),
        Listeners = [],
        Connections = new HostConnections([], null),
        Files = new FileUse([], [], 0, 0),
        Exporter = new ExporterProcess(TimeSpan.Zero, 0, DateTimeOffset.UnixEpoch, null, null),
        Sources = new SourceInfo("sock_diag", "stat"),
    };

    internal static ProcessSample Process(int pid, string group, long? openFds, ulong? softLimit = 1024) => new(
        new ProcessId(pid, 1),
        openFds,
        new ProcessFacts
        {
            Comm = group,
            Group = group,
            StartTime = DateTimeOffset.UnixEpoch - TimeSpan.FromDays(1),
            Limits = new FdLimits(softLimit, softLimit),
        });
}
