using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// Checks each scan for crossed thresholds and records what the culprit holds at that moment: once for each crossing, in one file for
/// all crossings of a process at a time, within the shares of its program, user and place. An error is counted, logged once, and
/// retried. One call at a time.
/// </summary>
internal sealed partial class EvidenceRecorder(
    EvidenceRecorder.Settings settings,
    FileThread thread,
    VerdictInputs inputs,
    Func<int, CancellationToken, Task<ProcessInspection?>> inspect,
    ExporterMetrics exporter,
    TimeProvider time,
    ILogger<EvidenceRecorder> logger)
{
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly EvidenceFolder _folder = new(settings.Directory, settings.MaxFiles, thread);
    private readonly EvidenceShares _shares = new(settings.MaxFiles, time);
    private readonly ThresholdTracker _thresholds = new(time);
    private bool _isFailing;
    private long? _failedAt;

    /// <summary>Checks at the start whether the folder can be used, not only at the first write.</summary>
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

    /// <exception cref="OperationCanceledException">The exporter is shutting down.</exception>
    internal async Task RecordAsync(GroupedHost host, CancellationToken cancellation)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < RetryAfter)
        {
            return;
        }

        _failedAt = null;
        try
        {
            VerdictInput input = await inputs.OfAsync(host, cancellation).ConfigureAwait(false);
            List<Finding> findings = [.. Verdict.Of(input).Findings.Where(static each => (each.Severity != Severity.Note || each.IsEvidence) && each.Culprit is not null)];
            Dictionary<ProcessId, IReadOnlyList<string>> claimants = EvidenceShares.ClaimantsOf(host.Snapshot, findings);
            ILookup<ProcessId, Finding> culprits = _thresholds.GetUnrecorded(findings, IsWhole(host.Snapshot), id => EvidenceShares.OwnerOf(claimants[id])).ToLookup(static each => each.Culprit!.Value);
            await RecordAsync(input, culprits, claimants, findings, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Last line of defence: no defect here may stop the evidence or the exporter.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failedAt = time.GetTimestamp();
            Fail(ReasonOf(exception));
        }
    }

    private async Task RecordAsync(
        VerdictInput input, ILookup<ProcessId, Finding> culprits, Dictionary<ProcessId, IReadOnlyList<string>> claimants, List<Finding> findings, CancellationToken cancellation)
    {
        int looked = 0;
        HashSet<string> unanswered = [];
        foreach (IGrouping<ProcessId, Finding> culprit in culprits)
        {
            IReadOnlyList<string> own = claimants[culprit.Key];
            if (!_shares.HasLeft(own))
            {
                Postpone(culprit);
                continue;
            }

            if (looked >= settings.MaxFiles)
            {
                // More files than the maximum would remove the more important ones.
                SetWritten(culprit);
                continue;
            }

            // One wait for each owner: many processes that do not answer must not delay the evidence of other owners.
            string owner = EvidenceShares.OwnerOf(own) is { Length: > 0 } known ? known : own.FirstOrDefault("");
            if (unanswered.Contains(owner))
            {
                continue;
            }

            (bool couldInspect, ProcessInspection? inspection) = await InspectAsync(culprit.Key, cancellation).ConfigureAwait(false);
            if (!couldInspect)
            {
                unanswered.Add(owner);
                continue;
            }

            // Null: the process has ended.
            if (inspection is not null)
            {
                Write(input, inspection, culprit.First(), findings);
            }

            looked++;
            SetWritten(culprit);
            foreach (string claimant in _shares.Take(own))
            {
                LogShareGone(claimant);
            }
        }
    }

    /// <summary>Null where the process has ended. A process that cannot be inspected must not prevent the evidence of the others.</summary>
    private async Task<(bool CouldInspect, ProcessInspection? Inspection)> InspectAsync(ProcessId id, CancellationToken cancellation)
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

    private void Write(VerdictInput input, ProcessInspection inspection, Finding crossed, List<Finding> findings)
    {
        ProcessId id = inspection.Process.Id;
        string name = EvidenceName.Of(inspection.TakenAt, inspection.Process.Facts.Group, id.Pid, crossed.Rule);
        byte[] document = EvidenceJson.Of(
            inspection,
            findings.Where(each => each.Culprit == id),
            input.Host.Snapshot.FileHandles is { } handles ? HostDocument.Handles.Of(handles, input.History) : null,
            input.GrowthOf(HistoryKey.ProcessFds(id)));
        if (_folder.TryWrite(name, document))
        {
            exporter.CountEvidence();
            LogWritten(name);
        }
        else
        {
            exporter.CountEvidenceLeftOut(EvidenceOmission.NoRoom);
            LogNoRoom(name);
        }

        Succeed();
    }

    /// <summary>Postpones a culprit until its program, user or place has a share left.</summary>
    private void Postpone(IEnumerable<Finding> culprit)
    {
        bool[] isNew = [.. culprit.Select(_thresholds.SetPostponed)];
        if (isNew.Contains(true))
        {
            exporter.CountEvidenceLeftOut(EvidenceOmission.Share);
        }
    }

    /// <summary>Whether every enabled collector succeeded: then a missing finding is absent.</summary>
    private bool IsWhole(HostSnapshot snapshot)
        => snapshot.Outcomes.Where(static outcome => outcome.Success)
            .Aggregate(Collectors.None, static (done, outcome) => done | outcome.Collector)
            .HasFlag(settings.Enabled);

    private void SetWritten(IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            _thresholds.SetWritten(finding);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence not written: the folder is full of more severe findings")]
    private partial void LogNoRoom(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Evidence postponed: the share for this hour is used up")]
    private partial void LogShareGone(string of);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Evidence cannot be written")]
    private partial void LogFailed(string directory, string err);

    [LoggerMessage(Level = LogLevel.Information, Message = "Evidence can be written again")]
    private partial void LogRecovered(string directory);

    /// <summary>Settings from the flags.</summary>
    internal sealed record Settings(string Directory, int MaxFiles, Thresholds Thresholds, Collectors Enabled);
}
