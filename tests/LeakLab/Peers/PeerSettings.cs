using System.Globalization;
using System.Net;

namespace LeakLab.Peers;

/// <summary>The lab's request to its child: the hidden verb `peer`, with this as its command line.</summary>
/// <param name="Role"><see cref="Accepting"/> or <see cref="Connecting"/>.</param>
/// <param name="Send">Bytes to send before the ending.</param>
/// <param name="Greet">The accepting side sends one byte first, and the connecting side waits for it.</param>
internal sealed record PeerSettings(
    string Role, IPAddress Address, int Port, int Count, double? Rate, PeerEnding Ending, int Send, bool Greet)
{
    internal const string Accepting = "accept";
    internal const string Connecting = "connect";

    internal static ReadOnlySpan<byte> Greeting => "."u8;

    internal static PeerSettings Accept(NetworkSettings network, PeerEnding ending, int send, bool greet)
        => new(Accepting, network.Address, network.Port, network.Count, null, ending, send, greet);

    internal static PeerSettings Connect(NetworkSettings network, PeerEnding ending, int send, bool greeted)
        => new(Connecting, network.Address, network.Port, network.Count, network.Rate, ending, send, greeted);

    internal IEnumerable<string> ToArguments() =>
    [
        "peer", Role, "--listen-address", Address.ToString(), "--port", Text(Port), "--count", Text(Count),
        "--ending", Ending.ToString(), "--send", Text(Send),
        .. Greet ? ["--greet"] : Array.Empty<string>(),
        .. Rate is double rate ? ["--rate", rate.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
