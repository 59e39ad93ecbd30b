using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The kernel refused handles to the exporter itself: the machine has none left, or its own limit is too low.</summary>
internal static class HandlesRefusedRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        switch (input.Host.Snapshot.HandlesRefused)
        {
            case HandleLimit.System:
                yield return new Finding(
                    "system_handles_exhausted",
                    Severity.Critical,
                    "This machine has no file handle left: the kernel refused one to the exporter, which continues with its reserve.",
                    "Raise the maximum now: sysctl -w fs.file-max=NUMBER. Then fix the program that holds them. Until then open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE.");
                break;
            case HandleLimit.Own:
                string limit = input.Host.Snapshot.Exporter.MaxFds is { } most ? $" ({HumanText.Number(most)})" : "";
                yield return new Finding(
                    "exporter_at_limit",
                    Severity.Warning,
                    $"The exporter has reached its own limit of open descriptors{limit}: it continues with its reserve, and clients may have to wait.",
                    "Find the clients that keep connections to it open, or raise the limit: LimitNOFILE= of its unit, --ulimit nofile of its container.");
                break;
        }
    }
}
