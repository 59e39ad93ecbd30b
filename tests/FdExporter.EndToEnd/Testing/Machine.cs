using System.Globalization;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A throwaway copy of this machine with systemd as its first process: see tests/machine.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private readonly Child _child;
    private readonly string _systemd;

    private Machine(Child child, string systemd)
    {
        _child = child;
        _systemd = systemd;
    }

    /// <param name="files">Placed in its /srv.</param>
    internal static async Task<Machine> StartAsync(params IEnumerable<string> files)
    {
        Child child = Child.Start(Path.Combine(Repository.Root, "tests", "machine"), files);
        await Eventually.TrueAsync(
            () => child.HasExited || int.TryParse(child.Output, NumberStyles.None, CultureInfo.InvariantCulture, out _), () => child.Output);

        // In a sandbox in which root may mount neither overlay nor cgroup2 nothing can be tested.
        Assert.SkipWhen(child.HasExited && child.Output.Contains("mount: ", StringComparison.Ordinal), $"no machine can be made here: {child.Output}");
        return child.HasExited ? throw new InvalidOperationException(child.Output) : new Machine(child, child.Output);
    }

    /// <summary>Runs a command in its shell and returns its output without the last line break.</summary>
    internal async Task<string> RunAsync(string command)
    {
        (int exitCode, string output, string error) = await TryAsync(command);
        Assert.True(exitCode == 0, $"{command}: {exitCode}\n{output}\n{error}\n{(await TryAsync("journalctl --no-pager --lines=30")).Output}");
        return output.TrimEnd('\n');
    }

    internal Task<(int ExitCode, string Output, string Error)> TryAsync(string command)
        => Child.RunAsync("nsenter", null, "--target", _systemd, "--all", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "bash", "-c", command);

    /// <summary>Waits until a command prints this.</summary>
    internal async Task EventuallyAsync(string expected, string command)
    {
        string output = "";
        await Eventually.TrueAsync(
            async () => (output = (await TryAsync(command)).Output.TrimEnd('\n')) == expected,
            () => $"{command}: '{output}', not '{expected}'");
    }

    internal async Task<Metrics> ScrapeAsync() => Metrics.Parse(await RunAsync("curl -sS --fail localhost:10070/metrics"));

    public async ValueTask DisposeAsync()
    {
        // End of input instead of a signal: it has to clean up.
        if (!_child.HasExited)
        {
            _child.CloseInput();
            Assert.Equal(0, await _child.WaitForExitAsync());
        }

        await _child.DisposeAsync();
    }
}
