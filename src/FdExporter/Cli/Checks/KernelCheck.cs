using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Cli.Checks;

/// <summary>The kernel, and the cost of counting descriptors on it.</summary>
internal static class KernelCheck
{
    internal static CheckItem Run(CheckedHost host)
    {
        string release = ReleaseOf(host);
        string name = release.Length > 0 ? $"Linux {release}" : "unknown release";
        if (host.Snapshot is not { } snapshot)
        {
            return new CheckItem("kernel", CheckStatus.Ok, name) { Facts = { ["release"] = release } };
        }

        bool isListed = snapshot.Sources.FdCount != "stat";
        bool isOld = isListed && host.Root!.IsKernel;
        string found = $"{name}; descriptors counted by {snapshot.Sources.FdCount}";
        return new CheckItem("kernel", isOld ? CheckStatus.Note : CheckStatus.Ok, found)
        {
            Advice = isOld ? CostOf(host.Privileges.Has(CapabilitySet.DacReadSearch)) : "",
            Facts = { ["release"] = release, ["fd_count"] = snapshot.Sources.FdCount },
        };
    }

    private static string CostOf(bool mayListAll)
        => "Before Linux 6.2 descriptors are counted by listing them: each scan takes about a second of processor time "
            + (mayListAll
                ? "for a million of them."
                : "for a million of them, and descriptors of other users' processes are not counted without CAP_DAC_READ_SEARCH.");

    // A procfs with subset=pid has no /proc/sys; the exporter's own /proc shows the same kernel.
    private static string ReleaseOf(CheckedHost host)
        => host.Root is { } root && OsRelease.TryRead(root, out string release) == ReadStatus.Ok ? release
            : host.Root is not { IsKernel: false } && host.Own is { } own && OsRelease.TryRead(own, out release) == ReadStatus.Ok ? release
            : "";
}
