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
            // A folder is made by the server, and by nobody who only checks.
            using FileThread thread = new();
            bool isThere = new EvidenceFolder(directory, host.Options.EvidenceMaxFiles, thread).ProbeWritable();
            return new CheckItem(Check, CheckStatus.Ok, isThere ? $"{directory} can be written to, by nobody else" : $"{directory} will be made") { Facts = { ["directory"] = directory } };
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return new CheckItem(Check, CheckStatus.Blind, $"{directory}: {exception.Message}")
            {
                Advice = "The exporter would start, and keep no evidence. Give it a folder that is its user's or root's, that its user may write to, and nobody else.",
                Facts = { ["directory"] = directory },
            };
        }
    }
}
