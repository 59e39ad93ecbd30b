using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>The kernel refused handles to the exporter itself: nobody on the machine gets one, or its own limit is too low.</summary>
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
                    "This machine has no file handle left: the kernel refused one to the exporter, which reads on from its reserve.",
                    "open(), socket() and accept() of every program without CAP_SYS_ADMIN fail with ENFILE now. Raise the maximum at once: sysctl -w fs.file-max=NUMBER; then mend who holds them.");
                break;
            case HandleLimit.Own:
                string limit = input.Host.Snapshot.Exporter.MaxFds is { } most ? $" ({HumanText.Number(most)})" : "";
                yield return new Finding(
                    "exporter_at_limit",
                    Severity.Warning,
                    $"The exporter has reached its own limit of open descriptors{limit}: it reads on from its reserve, and who connects may have to wait.",
                    "Find out who keeps connections to it open, or raise it: LimitNOFILE= of its unit, --ulimit nofile of its container.");
                break;
        }
    }
}
