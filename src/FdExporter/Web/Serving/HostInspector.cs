using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Serving;

/// <summary>Looks at the machine for people: by the same scans that scrapes share.</summary>
internal sealed class HostInspector
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_inspectionBudget = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(11);

    private readonly ScrapeGate _gate;
    private readonly HostHistory _history;
    private readonly Collectors _enabled;

    internal HostInspector(ScrapeGate gate, HostHistory history, Collectors enabled, Thresholds thresholds, TimeProvider time)
    {
        (_gate, _history, _enabled) = (gate, history, enabled);
        Inputs = new VerdictInputs(history, thresholds, InspectAsync, CountHandlesAsync, time);
    }

    /// <summary>What verdicts are made of; the evidence judges by the same.</summary>
    internal VerdictInputs Inputs { get; }

    /// <exception cref="TimeoutException">The scan is not done in time.</exception>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    internal async Task<HostView> ViewAsync(CancellationToken cancellation)
    {
        GroupedHost host = (await _gate.GetAsync(_enabled, s_budget, s_timeout, cancellation).ConfigureAwait(false)).Host;
        return new HostView(host, _history, Verdict.Of(await Inputs.OfAsync(host, cancellation).ConfigureAwait(false)));
    }

    /// <summary>How many of the machine's handles the descriptors of these processes are; null where it cannot be told.</summary>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    private Task<HandleCount?> CountHandlesAsync(ProcessTable table, CancellationToken cancellation)
        => _gate.CountHandlesAsync(table, s_inspectionBudget, cancellation);

    /// <summary>How fast the descriptors of a process grow; null while it is too early to tell, and for one that is not among the top.</summary>
    internal Growth? GrowthOf(ProcessId id) => _history.GrowthOf(HistoryKey.ProcessFds(id));

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
        => _gate.Inspections.InspectAsync(pid, client, s_inspectionBudget, s_timeout, cancellation);
}
