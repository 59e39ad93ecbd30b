using FdExporter.Model;

namespace FdExporter.Cli.Checks;

/// <summary>The collector <c>system</c>.</summary>
internal static class HandlesCheck
{
    private const string Check = "file_handles";

    internal static CheckItem? Run(CheckedHost host)
        => host.Snapshot is not { } snapshot ? null
            : snapshot.FileHandles is not { } handles ? host.Missing(Check, Collectors.System)
            : new CheckItem(Check, CheckStatus.Ok, FormattableString.Invariant($"{handles.Allocated} in use"))
            {
                Facts = { ["allocated"] = handles.Allocated, ["max"] = handles.Max },
            };
}
