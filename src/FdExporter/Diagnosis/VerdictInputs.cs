using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Rules;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// Inspects the suspects of a scan, and counts the open files where the verdict needs them. Both cost more than a scan, so results are
/// kept for a while. Pages, evidence and command line share this.
/// </summary>
/// <param name="inspect">Inspects by pid; null when there is no such process.</param>
/// <param name="countHandles">Null where the number cannot be determined.</param>
internal sealed class VerdictInputs(
    HostHistory history,
    Thresholds thresholds,
    Func<int, CancellationToken, Task<ProcessInspection?>> inspect,
    Func<ProcessTable, CancellationToken, Task<HandleCount?>> countHandles,
    TimeProvider time)
{
    internal static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of culprits whose program file is looked up, the most important first.</summary>
    private const int MostPrograms = 5;

    private readonly Lock _lock = new();
    private Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> _suspects = [];
    private Dictionary<ProcessId, RunningProgram?> _programs = [];
    private (HandleCount? Count, long At)? _handles;

    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    internal async Task<VerdictInput> OfAsync(GroupedHost host, CancellationToken cancellation)
    {
        Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> suspects = [];
        foreach (ProcessId suspect in Suspects.Of(host, thresholds, history))
        {
            suspects.Add(suspect, KeptOf(suspect) ?? (await InspectAsync(suspect, cancellation).ConfigureAwait(false), time.GetTimestamp()));
        }

        lock (_lock)
        {
            _suspects = suspects;
        }

        VerdictInput input = new(host, history)
        {
            Thresholds = thresholds,
            Inspected = suspects.Where(static each => each.Value.Kinds is not null).ToDictionary(static each => each.Key, static each => each.Value.Kinds!),
        };
        input = SystemHandlesRule.NeedsCount(input)
            ? input with { Handles = await CountAsync(host.Snapshot.Processes!, cancellation).ConfigureAwait(false) }
            : input;
        return input with { Programs = await ProgramsOfAsync(input, cancellation).ConfigureAwait(false) };
    }

    /// <summary>Each is looked up once: a process keeps its program file until it calls exec.</summary>
    private async Task<IReadOnlyDictionary<ProcessId, RunningProgram>> ProgramsOfAsync(VerdictInput input, CancellationToken cancellation)
    {
        Dictionary<ProcessId, RunningProgram?> programs = [];
        Dictionary<ProcessId, RunningProgram?> known = _programs;
        foreach (ProcessId culprit in Verdict.Of(input).Findings
            .Where(static finding => finding is { Culprit: not null } and ({ OpenedBy: not null } or { Began: not null }))
            .Select(static finding => finding.Culprit!.Value)
            .Distinct()
            .Take(MostPrograms))
        {
            if (!known.TryGetValue(culprit, out RunningProgram? program))
            {
                program = (await TryInspectAsync(culprit, cancellation).ConfigureAwait(false))?.Program;
            }

            programs[culprit] = program;
        }

        _programs = programs;
        return programs.Where(static each => each.Value is not null).ToDictionary(static each => each.Key, static each => each.Value!);
    }

    private (InspectedKinds? Kinds, long At)? KeptOf(ProcessId suspect)
    {
        lock (_lock)
        {
            return _suspects.TryGetValue(suspect, out (InspectedKinds? Kinds, long At) kept) && time.GetElapsedTime(kept.At) < KeptFor ? kept : null;
        }
    }

    /// <summary>Null where it cannot be inspected: the verdict then omits what it holds.</summary>
    private async Task<InspectedKinds?> InspectAsync(ProcessId suspect, CancellationToken cancellation)
        => (await TryInspectAsync(suspect, cancellation).ConfigureAwait(false))?.Kinds;

    private async Task<ProcessInspection?> TryInspectAsync(ProcessId suspect, CancellationToken cancellation)
    {
        try
        {
            ProcessInspection? inspection = await inspect(suspect.Pid, cancellation).ConfigureAwait(false);
            return inspection is { IsVisible: true } && inspection.Process.Id == suspect ? inspection : null;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null;
        }
    }

    private async Task<HandleCount?> CountAsync(ProcessTable processes, CancellationToken cancellation)
    {
        if (_handles is not { } kept || time.GetElapsedTime(kept.At) >= KeptFor)
        {
            kept = (await countHandles(processes, cancellation).ConfigureAwait(false), time.GetTimestamp());
            _handles = kept;
        }

        return kept.Count;
    }
}
