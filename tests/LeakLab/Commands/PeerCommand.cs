using System.CommandLine;
using System.Net;
using LeakLab.Peers;

namespace LeakLab.Commands;

/// <summary>The verb of the lab's own child.</summary>
internal static class PeerCommand
{
    internal static Command Create()
    {
        var role = new Argument<string>("role");
        Option<IPAddress?> address = Options.Address("--listen-address", "");
        Option<int> port = Options.Number("--port", "", 0, 65535, otherwise: 0);
        Option<int> count = Options.Number("--count", "", 0, int.MaxValue, otherwise: 0);
        Option<double?> rate = Options.Rate();
        var ending = new Option<PeerEnding>("--ending");
        Option<int> send = Options.Number("--send", "", 0, int.MaxValue, otherwise: 0);
        var greet = new Option<bool>("--greet");
        var command = new Command("peer") { role, address, port, count, rate, ending, send, greet };
        command.Hidden = true;
        command.SetAction(result => Peer.Run(new PeerSettings(
            result.GetRequiredValue(role),
            result.GetValue(address) ?? IPAddress.Loopback,
            result.GetValue(port),
            result.GetValue(count),
            result.GetValue(rate),
            result.GetValue(ending),
            result.GetValue(send),
            result.GetValue(greet))));
        return command;
    }
}
