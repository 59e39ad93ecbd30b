using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Serving;

/// <summary>Looks at the machine for people: by the same scans that scrapes share.</summary>
internal sealed class HostInspector(ScrapeGate gate, HostHistory history, Collectors enabled, Thresholds thresholds)
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_inspectionBudget = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(11);

    /// <exception cref="TimeoutException">The scan is not done in time.</exception>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    internal async Task<HostView> ViewAsync(CancellationToken cancellation)
    {
        GroupedHost host = (await gate.GetAsync(enabled, s_budget, s_timeout, cancellation).ConfigureAwait(false)).Host;
        Dictionary<ProcessId, InspectedKinds> kinds = [];
        foreach (ProcessId suspect in VerdictInput.Suspects(host, thresholds))
        {
            try
            {
                if (await InspectAsync(suspect.Pid, cancellation).ConfigureAwait(false) is { IsVisible: true } inspection && inspection.Process.Id == suspect)
                {
                    kinds.Add(suspect, inspection.Kinds);
                }
            }
            catch (Exception exception) when (exception is IOException or TimeoutException)
            {
                // The verdict is then silent on what it holds, and says everything else.
            }
        }

        VerdictInput input = new(host, history) { Thresholds = thresholds, Inspected = kinds };
        HandleCount? handles = SystemHandlesRule.NeedsCount(input) ? await CountHandlesAsync(host.Snapshot.Processes!, cancellation).ConfigureAwait(false) : null;
        return new HostView(host, history, Verdict.Of(input with { Handles = handles }));
    }

    /// <summary>How many of the machine's handles the descriptors of these processes are; null where it cannot be told.</summary>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    internal Task<HandleCount?> CountHandlesAsync(ProcessTable table, CancellationToken cancellation)
        => gate.CountHandlesAsync(table, s_inspectionBudget, cancellation);

    /// <summary>How fast the descriptors of a process grow; null while it is too early to tell, and for one that is not among the top.</summary>
    internal Growth? GrowthOf(ProcessId id) => history.GrowthOf(HistoryKey.ProcessFds(id));

    /// <summary>For the exporter's own purposes.</summary>
    /// <returns>Null when there is no such process.</returns>
    /// <exception cref="TimeoutException">It is not done in time.</exception>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal async Task<ProcessInspection?> InspectAsync(int pid, CancellationToken cancellation)
    {
        using InspectionLease lease = await InspectAsync(pid, Client.Own, cancellation).ConfigureAwait(false);
        return lease.Answer.Inspection;
    }

    /// <returns>To be disposed as soon as the answer is made.</returns>
    /// <exception cref="TimeoutException">It is not done in time.</exception>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal Task<InspectionLease> InspectAsync(int pid, Client client, CancellationToken cancellation)
        => gate.Inspections.InspectAsync(pid, client, s_inspectionBudget, s_timeout, cancellation);
}
