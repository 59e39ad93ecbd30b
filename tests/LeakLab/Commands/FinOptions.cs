using System.CommandLine;

namespace LeakLab.Commands;

/// <summary>The options of the verbs whose peer closes.</summary>
internal sealed class FinOptions
{
    // A peer that closes before all its bytes fit into the receive window would not send its FIN.
    private const int MostUnread = 32768;

    private readonly Option<int> _unread
        = Options.Number("--unread", "Bytes that the peer sends before it closes, and that are not read", 0, MostUnread, otherwise: 0);

    private readonly Option<bool> _noRead = new("--no-read") { Description = "Do not read the end of the stream either" };
    private readonly Option<bool> _holdPeer = new("--hold-peer")
    {
        Description = "Keep the socket of the peer open (FIN_WAIT2)",
    };

    internal FinOptions(Command command)
    {
        command.Add(_unread);
        command.Add(_noRead);
        command.Add(_holdPeer);
    }

    internal FinSettings Read(ParseResult result)
        => new(result.GetValue(_unread), result.GetValue(_noRead), result.GetValue(_holdPeer));
}
