using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Serving;

/// <summary>Scans and inspections for pages and the API. Shares scans with scrapes.</summary>
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

    /// <summary>Inputs of verdicts, also used for evidence.</summary>
    internal VerdictInputs Inputs { get; }

    /// <exception cref="TimeoutException">The scan did not finish in time.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    internal async Task<HostView> ViewAsync(CancellationToken cancellation)
    {
        GroupedHost host = (await _gate.GetAsync(_enabled, s_budget, s_timeout, cancellation).ConfigureAwait(false)).Host;
        return new HostView(host, _history, Verdict.Of(await Inputs.OfAsync(host, cancellation).ConfigureAwait(false)));
    }

    /// <summary>How many of the machine's handles the descriptors of these processes use; null if unknown.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    private Task<HandleCount?> CountHandlesAsync(ProcessTable table, CancellationToken cancellation)
        => _gate.CountHandlesAsync(table, s_inspectionBudget, cancellation);

    /// <summary>Growth of a process's descriptors; null if it is too early to compute, or if the process is not among the top.</summary>
    internal Growth? GrowthOf(ProcessId id) => _history.GrowthOf(HistoryKey.ProcessFds(id));

    /// <summary>For internal use by the exporter.</summary>
    /// <returns>Null if there is no such process.</returns>
    /// <exception cref="TimeoutException">It did not finish in time.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="IOException">No handles left, or the kernel's tables cannot be read.</exception>
    internal async Task<ProcessInspection?> InspectAsync(int pid, CancellationToken cancellation)
    {
        using InspectionLease lease = await InspectAsync(pid, Client.Own, cancellation).ConfigureAwait(false);
        return lease.Answer.Inspection;
    }

    /// <returns>Dispose as soon as the answer is written.</returns>
    /// <exception cref="TimeoutException">It did not finish in time.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="IOException">No handles left, or the kernel's tables cannot be read.</exception>
    internal Task<InspectionLease> InspectAsync(int pid, Client client, CancellationToken cancellation)
        => _gate.Inspections.InspectAsync(pid, client, s_inspectionBudget, s_timeout, cancellation);
}
