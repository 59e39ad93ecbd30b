using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// Looks through each scan for thresholds that were crossed, and writes down what the culprit holds at that moment: once
/// for each crossing, and one file for all that a process crosses at a time. What goes wrong is counted, said once, and
/// tried again. One call at a time.
/// </summary>
internal sealed partial class EvidenceRecorder(
    EvidenceRecorder.Settings settings,
    HostHistory history,
    Func<int, CancellationToken, Task<ProcessInspection?>> inspect,
    Func<ProcessTable, CancellationToken, Task<HandleCount?>> countHandles,
    ExporterMetrics exporter,
    TimeProvider time,
    ILogger<EvidenceRecorder> logger)
{
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>A suspect is looked into for the verdict so often, not on each scan.</summary>
    internal static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(5);

    private readonly EvidenceFolder _folder = new(settings.Directory, settings.MaxFiles);
    private readonly Crossings _crossings = new(time);
    private Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> _suspects = [];
    private (HandleCount? Count, long At)? _handles;
    private bool _isFailing;
    private long? _failedAt;

    /// <summary>Finds out at the start whether the folder can be used, not when there is something to write.</summary>
    internal void Prepare()
    {
        try
        {
            _folder.Prepare();
        }
#pragma warning disable CA1031 // As below.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(ReasonOf(exception));
        }
    }

    /// <exception cref="OperationCanceledException">The exporter is told to end.</exception>
    internal async Task RecordAsync(GroupedHost host, CancellationToken cancellation)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < RetryAfter)
        {
            return;
        }

        _failedAt = null;
        try
        {
            Case @case = await CaseOfAsync(host, cancellation).ConfigureAwait(false);
            List<Finding> findings = [.. Verdict.Of(@case).Findings.Where(static each => (each.Severity != Severity.Note || each.IsEvidence) && each.Culprit is not null)];
            ILookup<ProcessId, Finding> culprits = _crossings.Unwritten(findings, IsWhole(host.Snapshot)).ToLookup(static each => each.Culprit!.Value);
            foreach (IGrouping<ProcessId, Finding> culprit in culprits.Take(settings.MaxFiles))
            {
                (bool couldLook, ProcessInspection? inspection) = await LookAsync(culprit.Key, cancellation).ConfigureAwait(false);
                if (!couldLook)
                {
                    continue;
                }

                // Of a process that is gone there is nothing left to be seen.
                if (inspection is not null)
                {
                    WriteIfThereIsRoom(@case, inspection, culprit.First(), findings);
                }

                SetWritten(culprit);
            }

            // More than there may be files at a time would drive out the more important ones.
            SetWritten(culprits.Skip(settings.MaxFiles).SelectMany(static culprit => culprit));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The last line of defence: no defect here may end the evidence for good, let alone the exporter.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failedAt = time.GetTimestamp();
            Fail(ReasonOf(exception));
        }
    }

    /// <summary>Null where the process is gone. That one of them cannot be looked into must not keep the others from being written down.</summary>
    private async Task<(bool CouldLook, ProcessInspection? Inspection)> LookAsync(ProcessId id, CancellationToken cancellation)
    {
        try
        {
            ProcessInspection? inspection = await inspect(id.Pid, cancellation).ConfigureAwait(false);
            return (true, inspection?.Process.Id == id ? inspection : null);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            _failedAt = time.GetTimestamp();
            Fail(exception.Message);
            return (false, null);
        }
    }

    private void WriteIfThereIsRoom(Case @case, ProcessInspection inspection, Finding crossed, List<Finding> findings)
    {
        string name = EvidenceName.Of(inspection.TakenAt, inspection.Process.Facts.Group, inspection.Process.Id.Pid, crossed.Rule);
        Finding worst = findings.First(each => each.Culprit == inspection.Process.Id);
        if (!_folder.HasRoomFor(worst.Severity))
        {
            LogNoRoom(name);
            return;
        }

        Write(@case, inspection, name, findings);
        _folder.MakeRoom(name);
        Succeed();
    }

    private void Write(Case @case, ProcessInspection inspection, string name, List<Finding> findings)
    {
        ProcessId id = inspection.Process.Id;
        byte[] document = EvidenceJson.Of(
            inspection,
            findings.Where(each => each.Culprit == id),
            @case.Host.Snapshot.FileHandles,
            @case.GrowthOf(HistoryKey.ProcessFds(id)));
        _folder.Write(name, document);
        exporter.CountEvidence();
        LogWritten(name);
    }

    /// <summary>With what the suspects hold, so that the verdict is that of the pages.</summary>
    private async Task<Case> CaseOfAsync(GroupedHost host, CancellationToken cancellation)
    {
        Case @case = new(host, history) { Thresholds = settings.Thresholds };
        @case = @case with { Handles = await CountHandlesAsync(@case, cancellation).ConfigureAwait(false) };
        if (host.Snapshot.Ownership is null)
        {
            return @case;
        }

        Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> suspects = [];
        foreach (ProcessId suspect in Case.Suspects(host, settings.Thresholds))
        {
            if (!_suspects.TryGetValue(suspect, out (InspectedKinds? Kinds, long At) known) || time.GetElapsedTime(known.At) >= LookAgainAfter)
            {
                (_, ProcessInspection? inspection) = await LookAsync(suspect, cancellation).ConfigureAwait(false);
                known = (inspection is { IsVisible: true } ? inspection.Kinds : null, time.GetTimestamp());
            }

            suspects.Add(suspect, known);
        }

        _suspects = suspects;
        return @case with { Inspected = suspects.Where(static each => each.Value.Kinds is not null).ToDictionary(static each => each.Key, static each => each.Value.Kinds!) };
    }

    /// <summary>Likewise every few minutes only, and never for a scan that the verdict is silent about.</summary>
    private async Task<HandleCount?> CountHandlesAsync(Case @case, CancellationToken cancellation)
    {
        if (!SystemHandlesRule.NeedsCount(@case))
        {
            return null;
        }

        if (_handles is not { } known || time.GetElapsedTime(known.At) >= LookAgainAfter)
        {
            known = (await countHandles(@case.Host.Snapshot.Processes!, cancellation).ConfigureAwait(false), time.GetTimestamp());
            _handles = known;
        }

        return known.Count;
    }

    /// <summary>Whether every collector that is on did its work: then what was not found is not there.</summary>
    private bool IsWhole(HostSnapshot snapshot)
        => snapshot.Outcomes.Where(static outcome => outcome.Success)
            .Aggregate(Collectors.None, static (done, outcome) => done | outcome.Collector)
            .HasFlag(settings.Enabled);

    private void SetWritten(IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            _crossings.SetWritten(finding);
        }
    }

    private static string ReasonOf(Exception exception)
        => exception is IOException or UnauthorizedAccessException or TimeoutException ? exception.Message : exception.ToString();

    private void Fail(string error)
    {
        exporter.CountEvidenceFailure();
        if (!_isFailing)
        {
            _isFailing = true;
            LogFailed(settings.Directory, error);
        }
    }

    private void Succeed()
    {
        if (_isFailing)
        {
            _isFailing = false;
            LogRecovered(settings.Directory);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence written")]
    private partial void LogWritten(string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence not written: all files that there may be are of what is more severe")]
    private partial void LogNoRoom(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Evidence cannot be written")]
    private partial void LogFailed(string directory, string err);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence can be written again")]
    private partial void LogRecovered(string directory);

    /// <summary>What the flags and the collectors say.</summary>
    internal sealed record Settings(string Directory, int MaxFiles, Thresholds Thresholds, Collectors Enabled);
}
