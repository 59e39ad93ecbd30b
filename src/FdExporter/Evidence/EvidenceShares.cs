using FdExporter.Diagnosis.Findings;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// Limits the evidence of each program, user and place in an hour: processes that cross thresholds, in any number and with any name,
/// cause a bounded number of files and inspections. One call at a time.
/// </summary>
internal sealed class EvidenceShares(int maxFiles, TimeProvider time)
{
    internal static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private const int Least = 5;

    /// <summary>Files of one claimant in <see cref="Period"/>.</summary>
    private readonly int _share = Math.Max(Least, EvidenceRoom.ShareOf(maxFiles));

    private readonly Queue<(long At, IReadOnlyList<string> Claimants)> _taken = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>
    /// The program; the user, except root; and the place: the pod, else the container, else the unit. Unknown ones are left out. A process
    /// can choose its program's name, but not its user; root runs unrelated programs.
    /// </summary>
    internal static IReadOnlyList<string> ClaimantsOf(string program, string user, string unit, string container, string pod)
    {
        string place = pod.Length > 0 ? $"pod {pod}" : container.Length > 0 ? $"container {container}" : unit.Length > 0 ? $"unit {unit.Split('/')[0]}" : "";
        List<string> claimants = [];
        if (program.Length > 0 && program != GroupSample.Other)
        {
            claimants.Add($"program {program}");
        }

        if (user is not ("" or "root" or "0"))
        {
            claimants.Add($"user {user}");
        }

        if (place.Length > 0)
        {
            claimants.Add(place);
        }

        return claimants;
    }

    /// <summary>The claimants of each culprit.</summary>
    internal static Dictionary<ProcessId, IReadOnlyList<string>> ClaimantsOf(HostSnapshot snapshot, IEnumerable<Finding> findings)
    {
        Dictionary<ProcessId, IReadOnlyList<string>> claimants = [];
        foreach (Finding finding in findings)
        {
            claimants[finding.Culprit!.Value] = [];
        }

        foreach (ProcessSample process in snapshot.Processes?.Processes ?? [])
        {
            if (claimants.ContainsKey(process.Id))
            {
                ProcessFacts facts = process.Facts;
                claimants[process.Id] = ClaimantsOf(facts.Group, facts.User, facts.Owner.Unit, facts.Owner.Container, facts.Owner.Pod);
            }
        }

        return claimants;
    }

    /// <summary>The user, or for root the place: a process cannot choose these, unlike its name.</summary>
    internal static string OwnerOf(IReadOnlyList<string> claimants) => claimants.FirstOrDefault(static claimant => !claimant.StartsWith("program ", StringComparison.Ordinal), "");

    /// <summary>Whether each of them has some share left.</summary>
    internal bool HasLeft(IReadOnlyList<string> claimants)
    {
        while (_taken.TryPeek(out (long At, IReadOnlyList<string> Claimants) oldest) && time.GetElapsedTime(oldest.At) >= Period)
        {
            _taken.Dequeue();
            foreach (string claimant in oldest.Claimants)
            {
                if (--_counts[claimant] == 0)
                {
                    _counts.Remove(claimant);
                }
            }
        }

        return !claimants.Any(claimant => _counts.GetValueOrDefault(claimant) >= _share);
    }

    /// <returns>Those whose share is now used up.</returns>
    internal IReadOnlyList<string> Take(IReadOnlyList<string> claimants)
    {
        _taken.Enqueue((time.GetTimestamp(), claimants));
        foreach (string claimant in claimants)
        {
            _counts[claimant] = _counts.GetValueOrDefault(claimant) + 1;
        }

        return [.. claimants.Where(claimant => _counts[claimant] == _share)];
    }
}
