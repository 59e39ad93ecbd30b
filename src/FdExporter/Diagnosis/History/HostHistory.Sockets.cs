using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>Sockets that are not TCP, by protocol, and Unix sockets that the peer has closed.</summary>
internal sealed partial class HostHistory
{
    private void AddSockets(HostAccounts accounts, long minute)
    {
        Begin(HistoryKey.Kind.LargestOfProtocol);
        foreach (ProgramAccount program in accounts.Programs)
        {
            for (SocketProtocol protocol = SocketProtocol.Mptcp; protocol < SocketProtocol.Unknown; protocol++)
            {
                long? count = program.LargestOf(protocol);
                Add(HistoryKey.LargestOfProtocol(program.Name, protocol), minute, count, isWatched: count >= MinOfType, TenantOf(accounts, program));
            }
        }

        Begin(HistoryKey.Kind.UnixPeerClosed);
        foreach (ProgramAccount program in accounts.Programs)
        {
            long? closed = program.IsVisible ? program.Unix[UnixSocketState.PeerClosed] : null;
            Add(HistoryKey.UnixPeerClosed(program.Name), minute, closed, isWatched: closed >= MinCloseWait, TenantOf(accounts, program));
        }
    }
}
