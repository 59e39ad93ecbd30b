using System.Diagnostics;
using System.Net.Sockets;

namespace FdExporter.Self;

/// <summary>
/// Tells the service manager how it goes, by datagrams to the socket that it names; tells nobody where it names none.
/// Source: sd_notify(3).
/// </summary>
/// <remarks>
/// One socket for good: each message of Microsoft.Extensions.Hosting.Systemd needs a new one, and when the machine has no
/// handle left for it, a watchdog that hears nothing would end the exporter just when it is needed.
/// </remarks>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;
    private volatile bool _isStarted;

    /// <param name="notifySocket">NOTIFY_SOCKET: a path, or behind <c>@</c> a name in no folder; null if there is no manager.</param>
    internal ServiceManager(string? notifySocket)
    {
        if (notifySocket is ['/' or '@', _, ..])
        {
            _manager = new UnixDomainSocketEndPoint(notifySocket[0] == '@' ? $"\0{notifySocket[1..]}" : notifySocket);

            // Who does not listen is not waited for.
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        }
    }

    internal static ServiceManager OfEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    internal void Started(string status)
    {
        _isStarted = true;
        Send($"READY=1\nSTATUS={OneLine(status)}");
    }

    /// <summary>Until <see cref="Reloaded"/>. Before the start is over there is nothing to tell.</summary>
    internal void Reloading()
    {
        if (_isStarted)
        {
            // CLOCK_MONOTONIC, by which the manager knows an old message from a new one.
            Send(FormattableString.Invariant($"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));
        }
    }

    internal void Reloaded(string status)
    {
        if (_isStarted)
        {
            Started(status);
        }
    }

    internal void Alive() => Send("WATCHDOG=1");

    internal void Stopping() => Send("STOPPING=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        try
        {
            _ = _socket?.SendTo(System.Text.Encoding.UTF8.GetBytes(message), SocketFlags.None, _manager!);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It restarts, or has more to read than it can: it will ask for what it misses by its own timeouts.
        }
    }

    // A line of its own would be a message of its own.
    private static string OneLine(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
