using FdExporter.Model;

namespace FdExporter.Tests.Accounts.Naming;

/// <summary>Test processes to be named.</summary>
internal static class Processes
{
    /// <param name="comm">The kernel's name; truncated as the kernel does.</param>
    /// <param name="workingDirectory">Null if access is denied.</param>
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
