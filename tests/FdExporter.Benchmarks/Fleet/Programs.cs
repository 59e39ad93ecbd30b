using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>
/// Small real programs: each is a bash with its own name that holds a pipe, a file, devices and perhaps sockets, and waits.
/// </summary>
/// <param name="ports">Number of ports that the connections lead to.</param>
internal sealed class Programs(int ports) : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Socket> _accepted = [];

    /// <param name="connects">The program has a connection that both sides hold.</param>
    /// <param name="leaks">The program has five connections to its own port that the other side has closed: CLOSE_WAIT.</param>
    internal void Start(string name, bool connects, bool leaks)
    {
        string script = "";
        List<(TcpListener Listener, int Count, bool Closes)> pending = [];
        if (connects)
        {
            TcpListener listener = Listen();
            script += Connect(10, listener);
            pending.Add((listener, 1, false));
        }

        if (leaks)
        {
            TcpListener listener = Listen();
            for (int fd = 11; fd < 16; fd++)
            {
                script += Connect(fd, listener);
            }

            pending.Add((listener, 5, true));
        }

        Launch("bash", "-c", Holding(name, script));
        foreach ((TcpListener listener, int count, bool closes) in pending)
        {
            for (int i = 0; i < count; i++)
            {
                Socket socket = listener.AcceptSocket();
                if (closes)
                {
                    socket.Dispose();
                }
                else
                {
                    _accepted.Add(socket);
                }
            }
        }
    }

    internal void StartInNamespace(string name) => Launch("unshare", "--net", "bash", "-c", Holding(name, ""));

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }

        _accepted.ForEach(static socket => socket.Dispose());
        _listeners.ForEach(static listener => listener.Dispose());
    }

    private static string Holding(string name, string script)
        => $"echo -n {name} > /proc/$$/comm; exec 3< /etc/passwd 4> /dev/null; {script} echo ready; exec > /dev/null; read";

    private static string Connect(int fd, TcpListener listener)
        => string.Create(CultureInfo.InvariantCulture, $"exec {fd}<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}; ");

    private TcpListener Listen()
    {
        if (_listeners.Count == ports)
        {
            return _listeners[_processes.Count % ports];
        }

        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        return listener;
    }

    private void Launch(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _processes.Add(process);
        if (process.StandardOutput.ReadLine() is not "ready")
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} is not ready");
        }
    }
}
