using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Sockets of a culprit that <c>ls /proc/PID/fd</c> does not show.</summary>
internal static class WithoutDescriptor
{
    /// <summary>Number of descriptors sent to this process and not received yet.</summary>
    internal static long InFlightTo(SocketOwnership ownership, int process)
    {
        foreach (InFlightSample sample in ownership.InFlight)
        {
            if (sample.Process == process)
            {
                return sample.Count;
            }
        }

        return 0;
    }

    /// <summary><c> 120 of its sockets are registered with an io_uring: they have no descriptors.</c>; empty where all have one.</summary>
    internal static string Sentence(SocketOwnership ownership, int process)
    {
        if (ownership.Holdings[process] is not { WithoutDescriptor: > 0 and var count })
        {
            return "";
        }

        long inFlight = InFlightTo(ownership, process);
        string how = inFlight == 0 ? "registered with an io_uring"
            : inFlight >= count ? "in flight to it over a Unix socket and not yet received"
            : "registered with an io_uring, or in flight to it over a Unix socket";
        return $" {HumanText.Count(count, "of its sockets is", "of its sockets are")} {how}: {(count == 1 ? "it has no descriptor" : "they have no descriptors")}.";
    }
}
