using FdExporter.Evidence;
using FdExporter.Linux.Native;

namespace FdExporter.Cli.Checks;

/// <summary>The folder of <c>--evidence.directory</c>.</summary>
internal static class EvidenceCheck
{
    private const string Check = "evidence";

    /// <returns>Null without the flag.</returns>
    internal static CheckItem? Look(CheckedHost host)
    {
        if (host.Options.EvidenceDirectory is not { } directory)
        {
            return null;
        }

        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        bool isMade = !Directory.Exists(directory) && Directory.Exists(parent);
        try
        {
            // A folder is made by the server, and by nobody who only checks.
            new EvidenceFolder(isMade ? parent! : directory, host.Options.EvidenceMaxFiles).TryOut();
            return new CheckItem(Check, CheckStatus.Ok, isMade ? $"{directory} will be made" : $"{directory} can be written to") { Facts = { ["directory"] = directory } };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CheckItem(Check, CheckStatus.Blind, exception.Message)
            {
                Advice = "The exporter would start, and keep no evidence. Give it a folder that its user may write to."
                    + (host.Held.Dropped.Has(CapabilitySet.DacOverride) ? " Root is no exception, since CAP_DAC_OVERRIDE is given up; --no-privileges.drop keeps it." : ""),
                Facts = { ["directory"] = directory },
            };
        }
    }
}
