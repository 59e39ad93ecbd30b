using System.Diagnostics;
using System.Globalization;
using FdExporter.Diagnosis.Findings;
using FdExporter.Model;

namespace FdExporter.Tests.Corpus;

/// <summary>A running labelled program. It does each minute's work on request, so it is never behind the clock.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RunningProgram(LabelledProgram labelled, Process process)
    {
        Labelled = labelled;
        _process = process;
    }

    internal LabelledProgram Labelled { get; }

    internal int Pid => _process.Id;

    /// <summary>Whether the finding is about it, or about a process that it started.</summary>
    internal bool IsMeantBy(Finding finding) => finding.Culprit?.Pid == Pid || finding.Text.StartsWith(Labelled.Name, StringComparison.Ordinal);

    /// <summary>The most descriptors that one of its processes holds.</summary>
    internal long LargestIn(ProcessTable table)
        => table.Processes.Where(each => each.Id.Pid == Pid || each.Facts.ParentPid == Pid).Max(static each => each.OpenFds) ?? 0;

    /// <param name="folder">Has a link for each, so that the file that an interpreter runs has the program's name.</param>
    internal static RunningProgram Start(LabelledProgram labelled, string folder)
    {
        string extension = Path.GetExtension(labelled.Name);
        string file = Path.Combine(folder, labelled.Name);
        File.CreateSymbolicLink(file, Path.Combine(LabelledProgram.Folder, $"lived{extension}"));
        string[] interpreter = extension switch
        {
            ".py" => ["python3"],
            ".js" => ["node", "--expose-gc"],
            ".rb" => ["ruby"],
            _ => throw new FormatException(labelled.Name),
        };
        string[] limit = labelled.Limit is { } most ? ["prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={most}:{most}")] : [];
        string[] command = [.. limit, .. interpreter, file, .. labelled.Arguments];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new RunningProgram(labelled, Process.Start(start)!);
    }

    internal async Task TellAsync(int minute)
    {
        await _process.StandardInput.WriteLineAsync(minute.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has started, or has done the requested work.</summary>
    internal async Task WaitAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_timeout);
        Assert.True(line == "done", $"{Labelled.Name} said '{line}'");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_timeout))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
