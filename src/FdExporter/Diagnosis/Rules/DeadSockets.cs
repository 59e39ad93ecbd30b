using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// TCP sockets that a program holds open although their connection is gone. With keepalive, a socket left in CLOSE_WAIT becomes one:
/// the peer answers a probe with a reset. So a leak is the sum of both.
/// </summary>
/// <param name="Largest">The process that holds most of them, an index of the snapshot's processes.</param>
/// <param name="Growth">Growth of these and those in CLOSE_WAIT together.</param>
internal sealed record DeadSockets(long Count, (int Process, long Count) Largest, Growth? Growth)
{
    /// <summary>Null where there are none, or it is not known.</summary>
    internal static DeadSockets? Of(VerdictInput input, ProgramAccount program)
    {
        if (program.DeadSockets is not { } count || count == 0 || input.Host.Snapshot.Ownership is not { } ownership)
        {
            return null;
        }

        (int Process, long Count) largest = default;
        foreach (int i in program.Processes)
        {
            if (ownership.Holdings[i]?.DeadSockets is { } held && held > largest.Count)
            {
                largest = (i, held);
            }
        }

        return new DeadSockets(count, largest, input.GrowthOf(HistoryKey.LostSockets(program.Name)));
    }

    /// <summary>Those that are reported together with sockets in CLOSE_WAIT of this direction; null for the direction that has fewer of these.</summary>
    internal static DeadSockets? Beside(VerdictInput input, ProgramAccount program, ConnectionDirection direction)
    {
        (long outbound, long inbound) = (program.OwnCloseWait(ConnectionDirection.Outbound), program.OwnCloseWait(ConnectionDirection.Inbound));
        return outbound + inbound > 0 && direction == (outbound >= inbound ? ConnectionDirection.Outbound : ConnectionDirection.Inbound)
            ? Of(input, program)
            : null;
    }

    /// <summary><c> and 2 245 more whose connections were reset</c>, after those in CLOSE_WAIT.</summary>
    internal string And => $" and {HumanText.Number(Count)} more whose {(Count == 1 ? "connection was" : "connections were")} reset";
}
