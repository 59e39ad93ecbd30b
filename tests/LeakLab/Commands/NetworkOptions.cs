using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace LeakLab.Commands;

/// <summary>The options of the verbs that make connections.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<int> _count = Options.Number("--count", "Number of connections", 1, 100_000, otherwise: null);
    private readonly Option<double?> _rate = Options.Rate();
    private readonly Option<int> _port = Options.Number("--port", "Port of the listener; 0 picks a free one", 0, 65535, otherwise: 0);
    private readonly Option<IPAddress?> _address
        = Options.Address("--listen-address", "Address of the listener [default: 127.0.0.1 or ::1]");

    private readonly Option<string> _family = new Option<string>("--family")
    {
        Description = "Address family of the leaking socket",
        DefaultValueFactory = _ => NetworkSettings.IPv4,
    }.AcceptOnlyFromAmong(NetworkSettings.IPv4, NetworkSettings.IPv6, NetworkSettings.Mapped);

    internal NetworkOptions(Command command)
    {
        command.Add(_count);
        command.Add(_rate);
        command.Add(_port);
        command.Add(_address);
        command.Add(_family);
    }

    internal NetworkSettings Read(ParseResult result)
    {
        string family = result.GetRequiredValue(_family);
        bool ipv6 = family == NetworkSettings.IPv6;
        IPAddress address = result.GetValue(_address) ?? (ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        return (address.AddressFamily == AddressFamily.InterNetworkV6) == ipv6
            ? new NetworkSettings(result.GetValue(_count), result.GetValue(_rate), address, result.GetValue(_port), family)
            : throw new IOException($"--listen-address {address} does not belong to --family {family}");
    }
}
