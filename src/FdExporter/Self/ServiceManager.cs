using System.Diagnostics;
using System.Net.Sockets;

namespace FdExporter.Self;

/// <summary>
/// Reports the state to the service manager, by datagrams to NOTIFY_SOCKET; does nothing without one. Source: sd_notify(3).
/// </summary>
/// <remarks>
/// Keeps one socket: Microsoft.Extensions.Hosting.Systemd opens one per message. When the machine has no handle left for it,
/// the watchdog would end the exporter just when it is needed.
/// </remarks>
internal sealed class ServiceManager : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;
    private volatile bool _isStarted;

    /// <param name="notifySocket">NOTIFY_SOCKET: a path, or with <c>@</c> an abstract name; null without a manager.</param>
    internal ServiceManager(string? notifySocket)
    {
        if (notifySocket is ['/' or '@', _, ..])
        {
            _manager = new UnixDomainSocketEndPoint(notifySocket[0] == '@' ? $"\0{notifySocket[1..]}" : notifySocket);

            // Does not wait for a manager that does not listen.
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        }
    }

    internal static ServiceManager OfEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    internal void Started(string status)
    {
        _isStarted = true;
        Send($"READY=1\nSTATUS={OneLine(status)}");
    }

    /// <summary>Until <see cref="Reloaded"/>. Not reported during startup.</summary>
    internal void Reloading()
    {
        if (_isStarted)
        {
            // CLOCK_MONOTONIC, by which the manager recognises old messages.
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
            // It restarts or is overloaded: its own timeouts cover the loss.
        }
    }

    // A newline would start another message.
    private static string OneLine(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
