using FdExporter.Model;

namespace FdExporter.Fuzz.Targets;

/// <summary>A process with a given name.</summary>
internal static class Processes
{
    internal static ProcessDescription Of(string comm, params IReadOnlyList<string> arguments) => new()
    {
        Id = new ProcessId(11342, 1),
        Comm = comm,
        Arguments = arguments,
        User = "payment",
        Cgroup = "/system.slice/payment.service",
        Owner = new CgroupOwner("payment.service", "", ""),
        StartTime = DateTimeOffset.UnixEpoch,
    };
}
