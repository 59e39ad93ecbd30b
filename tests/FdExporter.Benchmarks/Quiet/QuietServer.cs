using System.Diagnostics;
using System.Globalization;
using FdExporter.Diagnosis.Findings;

namespace FdExporter.Benchmarks.Quiet;

/// <summary>One line of <c>servers.tsv</c>: a real server, the operations on it, and what was reported about it.</summary>
internal sealed class QuietServer
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    private readonly (string Name, int Every)[] _actions;
    private readonly Dictionary<string, int> _done = [];
    private Task _running = Task.CompletedTask;

    private QuietServer(string name, string[] programs, (string Name, int Every)[] actions)
    {
        Name = name;
        Programs = programs;
        _actions = actions;
    }

    internal static string Folder { get; } = Path.Combine(Tests.Testing.Repository.Root, "tests", "FdExporter.Benchmarks", "Quiet");

    internal string Name { get; }

    internal string[] Programs { get; }

    internal string Done => string.Join(", ", _actions.Select(action => string.Create(CultureInfo.InvariantCulture, $"{_done.GetValueOrDefault(action.Name)} {action.Name}")));

    internal static IReadOnlyList<QuietServer> ReadAll()
        => [.. File.ReadLines(Path.Combine(Folder, "servers.tsv")).Where(static line => !line.StartsWith('#')).Select(Parse)];

    internal Task StartAsync(string folder) => RunAsync(folder, "start");

    /// <summary>Starts the operations due in this minute, one after the other; operations that become due meanwhile are skipped.</summary>
    internal async Task ActAsync(string folder, int minute)
    {
        if (_running.IsCompleted)
        {
            await _running;
            _running = RunAllAsync(folder, [.. _actions.Where(action => minute % action.Every == action.Every - 1).Select(static action => action.Name)]);
        }
    }

    /// <summary>Returns when no operation is running any more.</summary>
    internal Task StandStillAsync() => _running;

    internal bool IsMeantBy(Finding finding)
        => Array.Exists(Programs, program => finding.Text.StartsWith($"{program} ", StringComparison.Ordinal) || finding.Subject.StartsWith($"{program} ", StringComparison.Ordinal));

    private static QuietServer Parse(string line)
    {
        string[] fields = line.Split('\t');
        return new QuietServer(fields[0], fields[1].Split(' '), [.. fields[2].Split(", ").Select(static action => action.Split(' ')).Select(static words => (words[0], int.Parse(words[1], CultureInfo.InvariantCulture)))]);
    }

    private async Task RunAllAsync(string folder, string[] actions)
    {
        foreach (string action in actions)
        {
            await RunAsync(folder, action);
        }
    }

    private async Task RunAsync(string folder, string action)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(Folder, "servers"), [folder, Name, action]))!;
        await process.WaitForExitAsync().WaitAsync(s_timeout);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Name}: {action} failed");
        }

        _done[action] = _done.GetValueOrDefault(action) + 1;
    }
}
