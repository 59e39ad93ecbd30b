using FdExporter.Linux.Files;
using FdExporter.Model;
using FdExporter.Scanning.Pods;

namespace FdExporter.Cli.Checks;

/// <summary>On a Kubernetes node: how many pods and containers have names.</summary>
internal static class PodsCheck
{
    private const string Check = "pods";

    /// <returns>Null without processes in pods.</returns>
    internal static CheckItem? Run(CheckedHost host)
    {
        ILookup<string, CgroupOwner> pods = (host.Snapshot?.Processes?.Processes ?? [])
            .Select(static process => process.Facts.Owner)
            .Where(static owner => PodLogFolder.IsUid(owner.Pod))
            .ToLookup(static owner => owner.Pod, StringComparer.Ordinal);
        if (pods.Count == 0)
        {
            return null;
        }

        string folder = host.Options.PodLogs;
        string links = PodNames.ContainersBeside(folder);
        int named = pods.Count(static pod => pod.Any(static owner => owner.Kubernetes is not null));
        string? problem = ProblemOf(folder) is { } first ? $"{folder}: {first}" : ProblemOf(links) is { } second ? $"{links}: {second}" : null;
        return new CheckItem(Check, problem is null ? CheckStatus.Ok : CheckStatus.Note, FormattableString.Invariant($"{named} of {pods.Count} with a name{(problem is null ? "" : $"; {problem}")}"))
        {
            Advice = problem is null ? ""
                : "To have the names of pods and containers: mount the node's /var/log/pods and /var/log/containers read-only, side by side, and set --path.podlogs "
                + "to the first. Only names of folders and links are read, no log. Until then pods have their UID, containers their ID.",
            Facts = { ["path"] = folder, ["pods"] = pods.Count, ["named"] = named },
        };
    }

    /// <summary>Why a folder cannot be listed; null if it can.</summary>
    private static string? ProblemOf(string folder)
    {
        try
        {
            using FileThread thread = new();
            _ = thread.Run(() => FolderNames.Of(folder, 1));
            return null;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return exception.Message;
        }
    }
}
