using FdExporter.Evidence;
using FdExporter.Linux.Files;

namespace FdExporter.Cli.Checks;

/// <summary>The folder of <c>--evidence.directory</c>.</summary>
internal static class EvidenceCheck
{
    private const string Check = "evidence";

    /// <returns>Null without the flag.</returns>
    internal static CheckItem? Run(CheckedHost host)
    {
        if (host.Options.EvidenceDirectory is not { } directory)
        {
            return null;
        }

        try
        {
            // Only the server creates the folder; this check does not.
            using FileThread thread = new();
            bool isThere = new EvidenceFolder(directory, host.Options.EvidenceMaxFiles, thread).ProbeWritable();
            return new CheckItem(Check, CheckStatus.Ok, isThere ? $"{directory} is writable by the exporter only" : $"{directory} will be created") { Facts = { ["directory"] = directory } };
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return new CheckItem(Check, CheckStatus.Blind, $"{directory}: {exception.Message}")
            {
                Advice = "The exporter can start, but stores no evidence. Use a directory that its user or root owns and only its user can write to.",
                Facts = { ["directory"] = directory },
            };
        }
    }
}
