using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Addresses where more than a tenth of the connections make no progress.</summary>
internal static class UnansweredRule
{
    private const int MinCount = 10;
    private const double MinShare = 0.1;

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        foreach (ProgramAccount program in input.Host.Accounts.Programs.OrderBy(static program => program.Name, StringComparer.Ordinal))
        {
            foreach (AddressTotal total in program.AddressTotals)
            {
                // A program that tries many addresses, such as a crawler, always finds some that do not answer.
                if (total is { Address: not null, Largest: >= 0 } && total.Unanswered.Total >= MinCount && total.Unanswered.Total > MinShare * total.States.Total)
                {
                    yield return FindingOf(program, total, table.Processes[total.Largest]);
                }
            }
        }
    }

    private static Finding FindingOf(ProgramAccount program, AddressTotal total, in ProcessSample process)
    {
        UnansweredCause cause = total.Unanswered.Largest;
        long count = total.Unanswered[cause];
        string connections = $"{HumanText.Number(count)} of {HumanText.Number(total.States.Total)} connections {ConnectionText.Towards(total.Direction, total.Address)}";
        (string state, string advice) = cause switch
        {
            UnansweredCause.Connecting => (
                "that are not established: the peer has not answered for ten seconds or longer",
                "Check whether the peer runs, and whether a firewall drops the packets. Each attempt holds a descriptor for up to two minutes; a shorter connection timeout in the program limits their number."),
            UnansweredCause.Retransmitting => (
                "whose peer has not acknowledged data for ten seconds or longer",
                "Check the network and whether the peer still runs. The kernel gives up after about 15 minutes (net.ipv4.tcp_retries2); TCP_USER_TIMEOUT in the program makes it shorter."),
            UnansweredCause.ZeroWindow => (
                "whose peer has had no room for more data for ten seconds or longer",
                "The program at the other end does not read. Check whether it hangs."),
            _ => (
                "with data that has been unread for ten seconds or longer",
                $"{program.Name} does not read from them. Check whether it hangs or is overloaded."),
        };
        return new Finding(
            "connections_unanswered",
            cause is UnansweredCause.Connecting or UnansweredCause.Retransmitting ? Severity.Warning : Severity.Note,
            $"{program.Name} ({HumanText.WhoIs(in process)}) holds {connections} {state}.",
            advice)
        {
            Subject = $"{program.Name} {ConnectionDirectionNames.Of(total.Direction)} {total.Address}",
            Program = program.Name,
            Culprit = process.Id,
        };
    }
}
