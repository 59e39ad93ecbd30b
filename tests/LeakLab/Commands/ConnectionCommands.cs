using System.CommandLine;
using LeakLab.Leaks;
using LeakLab.Native;

namespace LeakLab.Commands;

/// <summary>The verbs that make connections.</summary>
internal static class ConnectionCommands
{
    internal static Command CloseWait()
    {
        var command = new Command("close-wait", "Leak outgoing connections that the peer has closed");
        var network = new NetworkOptions(command);
        var fin = new FinOptions(command);
        Option<string> heldBy = new Option<string>("--held-by")
        {
            Description = "What holds the sockets: " + string.Join(' ', UndescribedFiles.Ways),
            HelpName = "WAY",
            DefaultValueFactory = static _ => UndescribedFiles.ByDescriptor,
        }.AcceptOnlyFromAmong(UndescribedFiles.Ways);
        Option<double?> grow = Options.Rate("--grow", "Number of sockets to leak per second once ready, up to the descriptor limit");
        command.Add(heldBy);
        command.Add(grow);
        return Runs(command, (result, stop) => new CloseWait(
            network.Read(result), fin.Read(result), result.GetRequiredValue(heldBy), result.GetValue(grow), stop));
    }

    internal static Command ServerCloseWait()
    {
        var command = new Command("server-close-wait", "Leak accepted connections that the client has closed");
        var network = new NetworkOptions(command);
        var fin = new FinOptions(command);
        return Runs(command, (result, stop) => new ServerCloseWait(network.Read(result), fin.Read(result), stop));
    }

    internal static Command NotAccepted()
    {
        var command = new Command("not-accepted", "Leave connections in the accept queue that their clients have closed");
        var network = new NetworkOptions(command);
        return Runs(command, (result, stop) => new NotAccepted(network.Read(result), stop));
    }

    internal static Command ListenerFull()
    {
        var command = new Command("listener-full", "A listener that never accepts, and more clients than its queue holds");
        var network = new NetworkOptions(command);
        Option<int> backlog = Options.Number("--backlog", "How many connections the queue holds", 1, 65535, otherwise: 16);
        command.Add(backlog);
        return Runs(command, (result, stop) => new ListenerFull(network.Read(result), result.GetValue(backlog), stop));
    }

    internal static Command Established()
    {
        var command = new Command("established", "Keep connections open on both sides, over which nothing comes any more");
        var network = new NetworkOptions(command);
        var keepAlive = new Option<bool>("--keepalive") { Description = "With SO_KEEPALIVE" };
        command.Add(keepAlive);
        return Runs(command, (result, stop) => new Established(network.Read(result), result.GetValue(keepAlive), stop));
    }

    internal static Command Connecting()
    {
        var command = new Command("connecting", "Begin connections to a peer that does not answer");
        var network = new NetworkOptions(command);
        return Runs(command, (result, stop) => new Connecting(network.Read(result), stop));
    }

    internal static Command Udp()
    {
        var command = new Command("udp", "Leak UDP sockets that are connected to one address");
        var network = new NetworkOptions(command);
        return Runs(command, (result, stop) => new Udp(network.Read(result), stop));
    }

    private static Command Runs(Command command, Func<ParseResult, StopSignal, Leak> create)
    {
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(common.Read(result), stop => create(result, stop)));
        return command;
    }
}
