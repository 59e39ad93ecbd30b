using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A real program on a real pseudo-terminal, which script(1) creates and whose other end the test holds.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const string Marker = "PROGRAM ";

    private readonly Process _script;
    private readonly Task _reading;
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly StringBuilder _output = new();

    private string _device = "";

    private Terminal(Process script)
    {
        _script = script;
        _reading = ReadAsync();
    }

    /// <summary>Pid of the program itself.</summary>
    internal int Pid { get; private set; }

    /// <summary>All output of the program.</summary>
    internal string Output
    {
        get
        {
            lock (_lock)
            {
                string all = _output.ToString();
                int start = all.IndexOf('\n', StringComparison.Ordinal) + 1;
                return all.StartsWith(Marker, StringComparison.Ordinal) && start > 0 ? all[start..] : "";
            }
        }
    }

    /// <param name="environment">Such as <c>NO_COLOR=1</c>, beside TERM=xterm.</param>
    internal static async Task<Terminal> StartAsync(int columns, int rows, IEnumerable<string> environment, params IEnumerable<string> command)
    {
        string[] words =
        [
            "env", "--unset=NO_COLOR", "--unset=COLUMNS", "TERM=xterm", .. environment,
            "sh", "-c", $"stty cols {columns} rows {rows}; echo {Marker}$$ $(tty); exec \"$@\"", "sh", .. command,
        ];

        // Without exec, the shell that script starts stays in the foreground beside the program, and Ctrl-C ends it.
        string line = "exec " + string.Join(' ', words.Select(Quoted));
        Process script = Process.Start(new ProcessStartInfo("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Terminal terminal = new(script);
        try
        {
            await Eventually.TrueAsync(() => terminal.FirstLine is not null, () => "script started nothing");
            string[] marker = terminal.FirstLine!.Split(' ');
            terminal.Pid = int.Parse(marker[1], CultureInfo.InvariantCulture);
            terminal._device = marker[2];
            return terminal;
        }
        catch
        {
            await terminal.DisposeAsync();
            throw;
        }
    }

    internal async Task TypeAsync(string keys)
    {
        await _script.StandardInput.WriteAsync(keys);
        await _script.StandardInput.FlushAsync();
    }

    internal async Task ResizeAsync(int columns, int rows) => Assert.Equal(
        0,
        (await Child.RunAsync("stty", null, "-F", _device, "cols", columns.ToString(CultureInfo.InvariantCulture), "rows", rows.ToString(CultureInfo.InvariantCulture))).ExitCode);

    internal Task WaitForAsync(Func<string, bool> condition)
        => Eventually.TrueAsync(() => condition(Output), () => $"not seen in:\n{Output.Replace("\e", "<ESC>", StringComparison.Ordinal)}");

    /// <summary>Exit code of the program; its last output has been read by then.</summary>
    internal async Task<int> WaitForExitAsync()
    {
        await _script.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        await _reading.WaitAsync(TimeSpan.FromMinutes(1));
        return _script.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_script.HasExited)
        {
            if (Pid != 0)
            {
                Child.Signal(Pid, 18);
                Child.Signal(Pid, 15);
            }
            else
            {
                Child.Signal(_script.Id, 15);
            }

            await _script.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        await _reading;
        _script.Dispose();
    }

    private string? FirstLine
    {
        get
        {
            lock (_lock)
            {
                string all = _output.ToString();
                int end = all.IndexOf('\r', StringComparison.Ordinal);
                return end < 0 ? null : all[..end];
            }
        }
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        while (await _script.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_lock)
            {
                _output.Append(buffer, 0, count);
            }
        }
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
