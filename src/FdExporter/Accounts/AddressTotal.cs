using System.Runtime.InteropServices;
using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>The connections of all processes of a program to one address.</summary>
/// <param name="Address">Null for all addresses with few connections.</param>
internal sealed record AddressTotal(ConnectionDirection Direction, ConnectionAddress? Address)
{
    private TcpStateCounts _states;
    private UnansweredCounts _unanswered;
    private IdleCounts _idle;

    internal ref readonly TcpStateCounts States => ref _states;

    internal ref readonly UnansweredCounts Unanswered => ref _unanswered;

    /// <summary>0 also where it is unknown.</summary>
    internal ref readonly IdleCounts Idle => ref _idle;

    /// <summary>Index of the process with most of these connections; -1 if unknown.</summary>
    internal int Largest { get; private set; } = -1;

    /// <summary>Its connections.</summary>
    internal long LargestCount { get; private set; }

    /// <summary>By direction and address.</summary>
    internal static IReadOnlyCollection<AddressTotal> Of(IReadOnlyList<AddressSample> samples)
    {
        if (samples.Count == 0)
        {
            return [];
        }

        Dictionary<(ConnectionDirection, ConnectionAddress?), AddressTotal> totals = [];
        foreach (AddressSample sample in samples)
        {
            ref AddressTotal? total = ref CollectionsMarshal.GetValueRefOrAddDefault(totals, (sample.Direction, sample.Address), out _);
            (total ??= new AddressTotal(sample.Direction, sample.Address)).Add(in sample);
        }

        return totals.Values;
    }

    private void Add(in AddressSample sample)
    {
        _states.Add(sample.States);
        _unanswered.Add(sample.Unanswered);
        _idle.Add(sample.Idle ?? default);
        if (sample.States.Total > LargestCount)
        {
            (Largest, LargestCount) = (sample.Process, sample.States.Total);
        }
    }
}
