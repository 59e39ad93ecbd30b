using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Who may hold the sockets that have no known owner.</summary>
internal static class UnknownHolder
{
    private const int MostNamed = 3;

    /// <summary>
    /// <c>a program that may not be looked into</c>, or <c>a program that may not be looked into, or in flight to bus (pid 7)
    /// or queue (pid 9)</c>: sockets that were sent over a Unix socket, and to whom cannot be proved.
    /// </summary>
    internal static string Of(HostSnapshot snapshot)
    {
        const string Hidden = "a program that may not be looked into";
        if (snapshot is not { Processes: { } table, Ownership.InFlight: { IsEmpty: false } inFlight })
        {
            return Hidden;
        }

        List<string> receivers = [.. inFlight
            .OrderByDescending(static each => each.Count)
            .Take(MostNamed)
            .Select(each => table.Processes[each.Process])
            .Select(static process => $"{process.Facts.Group} ({Words.WhoIs(in process)})")];
        if (inFlight.Length > MostNamed)
        {
            receivers.Add("others");
        }

        return $"{Hidden}, or in flight to {string.Join(" or ", receivers)},";
    }
}
