using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Text and advice for a program that waits for another.</summary>
/// <param name="inspected">Number of its processes that were inspected.</param>
/// <param name="candidates">Number of its processes that could be inspected.</param>
internal sealed class WaitText(CloseWaitSum sum, int inspected, int candidates, Thresholds thresholds)
{
    private const string RelayAdvice = " A relay closes a connection when both ends have closed it; a timeout of the relay ends such connections too "
        + "(HAProxy: timeout tunnel, client-fin and server-fin; socat: -T).";

    /// <param name="why">Why the sockets are stuck.</param>
    /// <param name="advice">Used where the back end is not the reason.</param>
    internal CloseWaitBlame OfVictim(CloseWaitWaits.Waiting backEnd, string why, string advice) => new(
        backEnd.Server is { } server ? $"{NameOf(server)}, listening on {backEnd.Address}, {StateOf(server)}. " : "",
        why,
        $" {Hold(backEnd.Connections, "connection", "connections")} to {backEnd.Address}, so {(candidates == 1 ? "it" : "they")} may be waiting for that address.",
        $"First check {backEnd.Address}{HelpOf(backEnd.Server)} If that is not the reason, check {sum.Program}. {advice}");

    /// <param name="why">Why the sockets are stuck.</param>
    internal CloseWaitBlame OfRelay(CloseWaitWaits.Waiting end, string why)
    {
        bool isOutbound = end.Direction == ConnectionDirection.Outbound;
        string other = end.Server is { } server ? $"{NameOf(server)}, listening on {end.Address}, {StateOf(server)} and" : $"{end.Address}";
        string relayed = $"of the connections that {sum.Program} relays. ";
        return new(
            isOutbound ? $"{other} does not close its end {relayed}" : $"The clients on port {end.Address} do not close their end {relayed}",
            why,
            $" {Hold(end.Connections, "socket in FIN_WAIT2", "sockets in FIN_WAIT2")} {(isOutbound ? "to" : "on port")} {end.Address}: "
                + $"{(candidates == 1 ? "it has closed its side and waits" : "they have closed their side and wait")} for the other end.",
            (isOutbound ? $"First check {end.Address}{HelpOf(end.Server)}" : "First find out why those clients keep their connections open.") + RelayAdvice);
    }

    private string Hold(long count, string one, string many)
    {
        string each = sum.Count > 1 && sum.Count == sum.Holders.Count ? $"{HumanText.Number(sum.Count)} processes hold one each. " : "";
        return candidates == 1 ? $"{sum.Program} also holds {HumanText.Count(count, one, many)}"
            : inspected == candidates ? $"{each}Its processes also hold {HumanText.Count(count, one, many)}"
            : $"{each}Each of the {HumanText.Number(inspected)} inspected processes also holds {(count == inspected ? $"a {one}" : many)}";
    }

    private static string NameOf(LocalServer server) => $"{server.Process.Facts.Group} ({HumanText.WhoIs(server.Process)})";

    private string StateOf(LocalServer server) => server.Run.State != RunState.Runs ? StoppedText.Is(server.Run)
        : server.Queued >= thresholds.NotAccepted ? $"has not accepted {HumanText.Number((long)server.Queued)} connections"
        : "runs on this machine";

    private string HelpOf(LocalServer? server) => server is null ? ": does it answer?"
        : server.Run.State != RunState.Runs ? $", pid\u00a0{HumanText.Pid(server.Process.Id)}. {StoppedText.AdviceOf(server.Run, server.Process)}"
        : server.Queued >= thresholds.NotAccepted ? $", pid\u00a0{HumanText.Pid(server.Process.Id)}: take a thread dump."
        : $", pid\u00a0{HumanText.Pid(server.Process.Id)}: does it answer?";
}
