using System.CommandLine;
using LeakLab.Leaks;
using LeakLab.Native;

namespace LeakLab.Commands;

/// <summary>The verbs that make connections.</summary>
internal static class ConnectionCommands
{
    internal static Command CloseWait()
    {
        var command = new Command("close-wait", "Outgoing connections that the peer closed and the lab does not");
        var network = new NetworkOptions(command);
        var fin = new FinOptions(command);
        Option<string> heldBy = new Option<string>("--held-by")
        {
            Description = "By what the lab holds them: " + string.Join(' ', UndescribedFiles.Ways),
            HelpName = "WAY",
            DefaultValueFactory = static _ => UndescribedFiles.ByDescriptor,
        }.AcceptOnlyFromAmong(UndescribedFiles.Ways);
        Option<double?> grow = Options.Rate("--grow", "Once it is ready, leak so many more per second, up to the limit of descriptors");
        command.Add(heldBy);
        command.Add(grow);
        return Runs(command, (result, stop) => new CloseWait(
            network.Read(result), fin.Read(result), result.GetRequiredValue(heldBy), result.GetValue(grow), stop));
    }

    internal static Command ServerCloseWait()
    {
        var command = new Command("server-close-wait", "Accepted connections that the client closed and the lab does not");
        var network = new NetworkOptions(command);
        var fin = new FinOptions(command);
        return Runs(command, (result, stop) => new ServerCloseWait(network.Read(result), fin.Read(result), stop));
    }

    internal static Command NotAccepted()
    {
        var command = new Command("not-accepted", "Connections that wait in an accept queue, closed by their clients");
        var network = new NetworkOptions(command);
        return Runs(command, (result, stop) => new NotAccepted(network.Read(result), stop));
    }

    internal static Command Established()
    {
        var command = new Command("established", "Connections that both sides hold open");
        var network = new NetworkOptions(command);
        return Runs(command, (result, stop) => new Established(network.Read(result), stop));
    }

    private static Command Runs(Command command, Func<ParseResult, StopSignal, Leak> create)
    {
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(common.Read(result), stop => create(result, stop)));
        return command;
    }
}
