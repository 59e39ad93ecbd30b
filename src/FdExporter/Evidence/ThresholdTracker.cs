using FdExporter.Diagnosis.Findings;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// The crossed thresholds, and which of them are recorded. A crossing is forgotten when it has been absent for a while, so a number that
/// swings around its threshold is one crossing; it is recorded again when it becomes more severe, and once more after ten minutes, so that
/// two records show what came and went. Owners share the memory: many
/// crossings of one do not displace another's. One call at a time.
/// </summary>
internal sealed class ThresholdTracker(TimeProvider time)
{
    /// <summary>A finding that was absent for this long is a new crossing.</summary>
    internal static readonly TimeSpan RearmAfter = TimeSpan.FromMinutes(10);

    /// <summary>A crossing that is still there is recorded once more after this time, or not at all if no scan sees it until twice as long.</summary>
    internal static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(10);

    /// <summary>Maximum number remembered; while none of them is absent, further ones are not recorded.</summary>
    internal const int MostRemembered = 1000;

    private readonly Dictionary<Key, Crossing> _remembered = [];
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);

    internal int Count => _remembered.Count;

    /// <summary>The findings that are not yet recorded.</summary>
    /// <param name="findings">Each with a culprit.</param>
    /// <param name="isWhole">Whether a missing finding is absent; false where the scan was incomplete.</param>
    /// <param name="ownerOf">The owner of a process.</param>
    internal IReadOnlyList<Finding> GetUnrecorded(IReadOnlyList<Finding> findings, bool isWhole, Func<ProcessId, string> ownerOf)
    {
        HashSet<Key> present = [.. findings.Select(KeyOf)];
        foreach ((Key key, Crossing crossing) in _remembered)
        {
            if (crossing.AbsentSince is { } since && time.GetElapsedTime(since) >= RearmAfter)
            {
                Forget(key);
            }
            else if (present.Contains(key))
            {
                crossing.AbsentSince = null;
            }
            else if (isWhole)
            {
                crossing.AbsentSince ??= time.GetTimestamp();
            }
        }

        HashSet<string> without = [];
        foreach (Key key in present.Where(key => !_remembered.ContainsKey(key)))
        {
            string owner = ownerOf(key.Culprit);
            if (_remembered.Count < MostRemembered || (!without.Contains(owner) && TryForgetOneFor(owner)))
            {
                _remembered.Add(key, new Crossing(owner));
                _byOwner[owner] = _byOwner.GetValueOrDefault(owner) + 1;
            }
            else
            {
                without.Add(owner);
            }
        }

        return [.. findings.Where(finding => _remembered.TryGetValue(KeyOf(finding), out Crossing? crossing) && IsUnrecorded(crossing, finding))];
    }

    internal void SetWritten(Finding finding)
    {
        if (_remembered.TryGetValue(KeyOf(finding), out Crossing? crossing))
        {
            bool isRepeated = crossing.Written is { } before && before <= finding.Severity;
            crossing.WrittenAt = isRepeated ? null : time.GetTimestamp();
            crossing.Written = finding.Severity;
        }
    }

    private bool IsUnrecorded(Crossing crossing, Finding finding)
        => crossing.Written is not { } written || written > finding.Severity
            || (crossing.WrittenAt is { } at && time.GetElapsedTime(at) is var since && since >= RepeatAfter && since < 2 * RepeatAfter);

    /// <summary>Marks a crossing as postponed. True the first time.</summary>
    internal bool SetPostponed(Finding finding)
        => _remembered.TryGetValue(KeyOf(finding), out Crossing? crossing) && !crossing.IsPostponed && (crossing.IsPostponed = true);

    /// <summary>Forgets the crossing that has been absent for longest, else one of the owner with most; false where no owner has many more.</summary>
    private bool TryForgetOneFor(string owner)
    {
        (string most, int count) = _byOwner.MaxBy(static each => each.Value);
        if (_remembered.Values.Any(static each => each.AbsentSince is not null))
        {
            Forget(_remembered.Where(static each => each.Value.AbsentSince is not null).MinBy(static each => each.Value.AbsentSince).Key);
            return true;
        }

        if (count <= _byOwner.GetValueOrDefault(owner) + 1)
        {
            return false;
        }

        Forget(_remembered.First(each => each.Value.Owner == most).Key);
        return true;
    }

    private void Forget(Key key)
    {
        if (_remembered.Remove(key, out Crossing? crossing) && --_byOwner[crossing.Owner] == 0)
        {
            _byOwner.Remove(crossing.Owner);
        }
    }

    private static Key KeyOf(Finding finding) => new(finding.Rule, finding.Subject, finding.Culprit!.Value);

    private readonly record struct Key(string Rule, string Subject, ProcessId Culprit);

    private sealed class Crossing(string owner)
    {
        internal string Owner { get; } = owner;

        internal bool IsPostponed { get; set; }

        /// <summary>Severity when it was last recorded; null before.</summary>
        internal Severity? Written { get; set; }

        /// <summary>Timestamp of the record that is to be repeated; null before it, and after the repetition.</summary>
        internal long? WrittenAt { get; set; }

        /// <summary>Timestamp; null while present.</summary>
        internal long? AbsentSince { get; set; }
    }
}
