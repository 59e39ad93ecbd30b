using System.CommandLine;
using LeakLab.Leaks;
using LeakLab.Peers;

namespace LeakLab.Commands;

/// <summary>The verbs that make Unix sockets, and that of their other side.</summary>
internal static class UnixCommands
{
    private const int Most = 100_000;

    internal static Command Unix() => Clients("unix", "Keep connections to one Unix socket open on both sides", peerCloses: false);

    internal static Command UnixPeerClosed() => Clients("unix-peer-closed", "Leak connections to a Unix socket that its server has closed", peerCloses: true);

    internal static Command UnixWaiting()
    {
        var command = new Command("unix-waiting", "A Unix socket that listens and never accepts, and clients that wait");
        (Option<int> count, Option<string?> path) = (Count(), Path());
        Option<int> backlog = Options.Number("--backlog", "How many connections the queue holds", 1, 65535, otherwise: 511);
        command.Add(count);
        command.Add(path);
        command.Add(backlog);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(common.Read(result), stop => new UnixWaiting(
            new UnixSettings(result.GetValue(count), result.GetValue(path) ?? OwnPath(), PeerCloses: false), result.GetValue(backlog), stop)));
        return command;
    }

    internal static Command Peer()
    {
        var role = new Argument<string>("role");
        var path = new Argument<string>("path");
        Option<int> count = Options.Number("--count", "", 0, int.MaxValue, otherwise: 0);
        var command = new Command("unix-peer") { role, path, count };
        command.Hidden = true;
        command.SetAction(result => UnixPeer.Run(result.GetRequiredValue(role), result.GetRequiredValue(path), result.GetValue(count)));
        return command;
    }

    private static Command Clients(string verb, string help, bool peerCloses)
    {
        var command = new Command(verb, help);
        (Option<int> count, Option<string?> path) = (Count(), Path());
        command.Add(count);
        command.Add(path);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(common.Read(result), stop => new UnixClients(
            new UnixSettings(result.GetValue(count), result.GetValue(path) ?? OwnPath(), peerCloses), stop)));
        return command;
    }

    private static Option<int> Count() => Options.Number("--count", "Number of connections", 1, Most, otherwise: null);

    private static Option<string?> Path() => new("--path")
    {
        Description = "Path of the listening socket, or @ and an abstract name [default: a file in the temporary folder]",
        HelpName = "PATH",
    };

    private static string OwnPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"leaklab-{Environment.ProcessId}.sock");
}
