using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>One process in a list. Unknown values are null.</summary>
internal sealed record ProcessRow(ProcessSample Sample, ProcessHoldings? Holdings, Growth? Growth)
{
    /// <summary>Change of the descriptors since the first scan of a live view; null elsewhere.</summary>
    internal long? FdChange { get; init; }

    internal int Pid => Sample.Id.Pid;

    internal ProcessFacts Facts => Sample.Facts;

    internal long? CloseWait => Holdings?.Sockets[TcpState.CloseWait];

    /// <summary>Time until its limit is reached at this pace; null also where it does not grow.</summary>
    internal TimeSpan? TimeToLimit => Growth?.TimeToLimitOf(Sample);

    /// <summary>The processes of a snapshot, without kernel threads and processes without descriptors.</summary>
    internal static IEnumerable<ProcessRow> Of(HostSnapshot snapshot, HostHistory history)
    {
        if (snapshot.Processes is not { } table)
        {
            yield break;
        }

        for (int i = 0; i < table.Processes.Length; i++)
        {
            ProcessSample process = table.Processes[i];
            if (!process.Facts.IsKernelThread && process.OpenFds != 0)
            {
                yield return new ProcessRow(process, snapshot.Ownership?.Holdings[i], history.GrowthOf(HistoryKey.ProcessFds(process.Id)));
            }
        }
    }

    /// <summary>Largest first; unknown values last.</summary>
    internal static IEnumerable<ProcessRow> InOrder(IEnumerable<ProcessRow> rows, ProcessOrder order) => rows
        .OrderByDescending(row => row.ValueOf(order) ?? double.MinValue)
        .ThenByDescending(static row => row.Sample.OpenFds ?? -1)
        .ThenBy(static row => row.Pid);

    /// <summary>Whether one of its names contains this text, or it is the pid.</summary>
    internal bool Holds(string text)
        => Holds(Facts.Group, text) || Holds(Facts.Comm, text) || Holds(Facts.User, text)
            || Holds(Facts.Owner.Unit, text) || Holds(Facts.Owner.Container, text) || Holds(Facts.Owner.Pod, text)
            || Holds(Facts.Owner.Kubernetes?.FullName ?? "", text) || Holds(Facts.Owner.ContainerName, text)
            || HumanText.Pid(Sample.Id) == text;

    private static bool Holds(string field, string text) => field.Contains(text, StringComparison.OrdinalIgnoreCase);

    internal double? ValueOf(ProcessOrder order) => order switch
    {
        ProcessOrder.Ratio => Sample.FdRatio,
        ProcessOrder.Sockets => Holdings?.Sockets.Total,
        ProcessOrder.CloseWait => CloseWait,
        ProcessOrder.Growth => FdChange ?? Growth?.PerHour,
        _ => Sample.OpenFds,
    };
}
