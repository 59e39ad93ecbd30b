using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Processes that may hold the sockets without a known owner.</summary>
internal static class UnknownHolder
{
    private const int MostNamed = 3;

    /// <summary>
    /// <c>bus (pid 7) or queue (pid 9)</c>: processes with unreceived descriptors in their Unix sockets; null where there are
    /// none. The kernel does not show which descriptors these are.
    /// </summary>
    internal static string? ReceiversOf(HostSnapshot snapshot)
    {
        if (snapshot is not { Processes: { } table, Ownership.InFlight: { IsEmpty: false } inFlight })
        {
            return null;
        }

        List<string> receivers = [.. inFlight
            .OrderByDescending(static each => each.Count)
            .Take(MostNamed)
            .Select(each => table.Processes[each.Process])
            .Select(static process => $"{process.Facts.Group} ({HumanText.WhoIs(in process)})")];
        if (inFlight.Length > MostNamed)
        {
            receivers.Add("others");
        }

        return string.Join(" or ", receivers);
    }
}
