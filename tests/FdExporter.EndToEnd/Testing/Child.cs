using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A real program started by a test. Its output is kept, and it is ended by its pid.</summary>
internal sealed partial class Child : IAsyncDisposable
{
    private const int SIGTERM = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private Child(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal int Pid => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal string Output => string.Join('\n', _lines);

    internal static Child Start(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A runtime that can be debugged has a thread that waits in open(2), and so a descriptor that no listing shows.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new Child(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
    }

    /// <summary>Runs a program to its end and returns its exit code and all its output.</summary>
    internal static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string? input, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(15));
        return (process.ExitCode, await output, await error);
    }

    /// <summary>The first line with this text; fails when the program exits before it, or after a minute.</summary>
    internal async Task<string> WaitForLineAsync(string text)
    {
        await Eventually.TrueAsync(
            () => _lines.Any(line => line.Contains(text, StringComparison.Ordinal)) || HasExited,
            () => $"'{text}' was not printed:\n{Output}");
        return _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"ended with {_process.ExitCode} before it printed '{text}':\n{Output}");
    }

    internal async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The program then reads the end of its input.</summary>
    internal void CloseInput() => _process.StandardInput.Close();

    /// <summary>Signals a process that a child started; it may be gone already.</summary>
    internal static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    internal void Signal(int signal) => Assert.Equal(0, Kill(Pid, signal));

    internal void Terminate() => Signal(SIGTERM);

    internal async Task<int> WaitForExitAsync(TimeSpan? atMost = null)
    {
        await _process.WaitForExitAsync().WaitAsync(atMost ?? TimeSpan.FromMinutes(1));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(Pid, SIGTERM);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
