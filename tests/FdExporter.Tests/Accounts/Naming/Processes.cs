using FdExporter.Model;

namespace FdExporter.Tests.Accounts.Naming;

/// <summary>Processes to be named.</summary>
internal static class Processes
{
    /// <param name="comm">The kernel's name; cut as the kernel does.</param>
    /// <param name="workingDirectory">Null where it may not be read.</param>
    internal static ProcessDescription Of(string comm, string[] arguments, string? workingDirectory = null, string unit = "", ProcessDescription? parent = null)
        => new()
        {
            Id = new ProcessId(1, 1),
            Comm = comm.Length <= 15 ? comm : comm[..15],
            Arguments = arguments,
            Owner = new CgroupOwner(unit, "", ""),
            StartTime = DateTimeOffset.UnixEpoch,
            WorkingDirectory = () => workingDirectory,
            Parent = () => parent,
        };
}
