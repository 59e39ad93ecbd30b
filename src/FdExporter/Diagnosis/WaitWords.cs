using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>What is said of a program that waits for another, in its finding.</summary>
/// <param name="inspected">So many of its processes were looked into.</param>
/// <param name="candidates">Of so many.</param>
internal sealed class WaitWords(CloseWaitSum sum, int inspected, int candidates, Thresholds thresholds)
{
    private const string RelayAdvice = " A relay closes when both ends have closed; a time limit in it ends such connections too "
        + "(HAProxy: timeout tunnel, client-fin and server-fin; socat: -T).";

    /// <param name="why">What is said where nobody else is to blame.</param>
    /// <param name="advice">Likewise.</param>
    internal CloseWaitBlame OfVictim(CloseWaitWaits.Waiting backEnd, string why, string advice) => new(
        backEnd.Server is { } server ? $"{backEnd.Address}, {NameOf(server)}, {StateOf(server)}. " : "",
        why,
        $"{Hold(backEnd.Connections, "connection", "connections")} to {backEnd.Address}, so {(candidates == 1 ? "it" : "they")} may be waiting for that address. ",
        $"First look at {backEnd.Address}{HelpOf(backEnd.Server)} If that is not the reason, look at {sum.Program}. {advice}");

    /// <param name="why">Likewise.</param>
    internal CloseWaitBlame OfRelay(CloseWaitWaits.Waiting end, string why)
    {
        bool isOutbound = end.Direction == ConnectionDirection.Outbound;
        string state = end.Server is { } server ? $", {NameOf(server)}, {StateOf(server)} and" : "";
        string passes = $"of the connections that {sum.Program} passes on. ";
        return new(
            isOutbound ? $"{end.Address}{state} does not close its end {passes}" : $"The clients on port {end.Address} do not close their end {passes}",
            why,
            $"{Hold(end.Connections, "socket in FIN_WAIT2", "sockets in FIN_WAIT2")} {(isOutbound ? "to" : "on port")} {end.Address}: "
                + $"{(candidates == 1 ? "it has closed its side and waits" : "they have closed their side and wait")} for the other end. ",
            (isOutbound ? $"First look at {end.Address}{HelpOf(end.Server)}" : "First find out why those clients keep their connections.") + RelayAdvice);
    }

    private string Hold(long count, string one, string many)
    {
        string each = sum.Count > 1 && sum.Count == sum.Holders.Count ? $"They are held by {HumanText.Number(sum.Count)} processes, one each. " : "";
        return candidates == 1 ? $"It also holds {HumanText.Count(count, one, many)}"
            : inspected == candidates ? $"{each}Its processes also hold {HumanText.Count(count, one, many)}"
            : $"{each}Each of the {HumanText.Number(inspected)} processes that were looked into also holds {(count == inspected ? $"a {one}" : many)}";
    }

    private static string NameOf(LocalServer server) => $"{server.Process.Facts.Group} ({HumanText.WhoIs(server.Process)})";

    private string StateOf(LocalServer server) => server.Run.State != RunState.Runs ? StoppedWords.Is(server.Run)
        : server.Queued >= thresholds.NotAccepted ? $"has not accepted {HumanText.Number((long)server.Queued)} connections"
        : "runs on this machine";

    private string HelpOf(LocalServer? server) => server is null ? ": does it answer?"
        : server.Run.State != RunState.Runs ? $", pid\u00a0{HumanText.Pid(server.Process.Id)}. {StoppedWords.AdviceOf(server.Run, server.Process)}"
        : server.Queued >= thresholds.NotAccepted ? $", pid\u00a0{HumanText.Pid(server.Process.Id)}: take a dump of its threads."
        : $", pid\u00a0{HumanText.Pid(server.Process.Id)}: does it answer?";
}
