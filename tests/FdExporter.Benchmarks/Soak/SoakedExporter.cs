using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace FdExporter.Benchmarks.Soak;

/// <summary>The exporter under test, started on a free port; its log is kept.</summary>
internal sealed class SoakedExporter : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SoakedExporter(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal int Pid => _process.Id;

    /// <summary>Two clients with one persistent connection each, like Prometheus and a browser.</summary>
    internal HttpClient Prometheus { get; private set; } = new();

    internal HttpClient Browser { get; private set; } = new();

    /// <summary>Log lines that report a problem.</summary>
    internal IEnumerable<string> Complaints => _log.Where(static line
        => line.Contains("level=ERROR", StringComparison.Ordinal) || line.Contains("level=WARN", StringComparison.Ordinal));

    internal static async Task<SoakedExporter> StartAsync(string program, params IEnumerable<string> arguments)
    {
        SoakedExporter exporter = new(Process.Start(new ProcessStartInfo(program, [.. arguments, "--web.listen-address=127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        })!);
        try
        {
            Uri address = await exporter._address.Task.WaitAsync(s_timeout).ConfigureAwait(false);
            exporter.Prometheus = ClientOf(address);
            exporter.Browser = ClientOf(address);
            return exporter;
        }
        catch (TimeoutException)
        {
            string log = string.Join('\n', exporter._log);
            exporter.Dispose();
            throw new InvalidOperationException($"{program} does not listen:\n{log}");
        }
    }

    internal void Reload() => Signal(Signals.SIGHUP);

    internal SoakSample Sample(int scrapes, int namespaces)
    {
        string line = File.ReadLines($"/proc/{Pid}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        long resident = long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        return new SoakSample(scrapes, resident, Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length, namespaces);
    }

    public void Dispose()
    {
        Prometheus.Dispose();
        Browser.Dispose();
        if (!_process.HasExited)
        {
            Signal(Signals.SIGTERM);
            if (!_process.WaitForExit(s_timeout))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private static HttpClient ClientOf(Uri address) => new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.GZip,
        MaxConnectionsPerServer = 1,
    })
    {
        BaseAddress = address,
        Timeout = s_timeout,
    };

    // time=... level=INFO msg="Listening on" address=http://127.0.0.1:33459
    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        int at = line.IndexOf("address=", StringComparison.Ordinal);
        if (at >= 0 && line.Contains("msg=\"Listening on\"", StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line[(at + "address=".Length)..]));
        }
    }

    private void Signal(int signal) => _ = Signals.Kill(Pid, signal);
}
