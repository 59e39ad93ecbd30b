using System.Globalization;
using System.Net.Sockets;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// A bash that runs the commands of a test, line by line: it can open and close descriptors and pass them to children. Only
/// built-in commands run in it; any other would be a process that inherits its descriptors.
/// </summary>
internal sealed class Shell : IAsyncDisposable
{
    private readonly Child _child;
    private readonly List<int> _background = [];
    private int _lines;

    private Shell(Child child) => _child = child;

    internal int Pid => _child.Pid;

    /// <summary>Its process name, which is its group, is the given one.</summary>
    internal static async Task<Shell> StartAsync(string name)
    {
        Shell shell = new(Child.Start("bash"));
        await shell.RunAsync($"echo -n {name} > /proc/$$/comm");
        return shell;
    }

    /// <summary>Runs a command to its end and returns its output.</summary>
    internal async Task<string> RunAsync(string command)
    {
        string end = FormattableString.Invariant($"done-{++_lines}:");
        await _child.WriteLineAsync($"{command}; echo {end}$!");
        string line = await _child.WaitForLineAsync(end);
        return line[end.Length..];
    }

    /// <summary>Opens a connection to the listener as this descriptor.</summary>
    internal Task ConnectAsync(int fd, TcpListener listener) => RunAsync(Connect(fd, listener));

    internal static string Connect(int fd, TcpListener listener)
        => FormattableString.Invariant($"exec {fd}<>/dev/tcp/{listener.LocalEndpoint.ToString()!.Replace(':', '/')}");

    /// <summary>A child that inherits its descriptors, waits, and ends with this.</summary>
    internal async Task<int> ForkAsync()
    {
        int pid = int.Parse(await RunAsync("sleep 300 > /dev/null 2>&1 < /dev/null & :"), CultureInfo.InvariantCulture);
        _background.Add(pid);
        await Eventually.TrueAsync(
            () => File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/comm")) == "sleep\n",
            () => "the child did not become sleep");
        return pid;
    }

    internal async Task KillAsync()
    {
        _child.Signal(9);
        await Eventually.TrueAsync(() => _child.HasExited, () => "bash survived");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int pid in _background)
        {
            Child.Signal(pid, 15);
        }

        await _child.DisposeAsync();
    }
}
