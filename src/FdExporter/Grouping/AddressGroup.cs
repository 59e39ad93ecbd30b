using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The connections of one program to one address.</summary>
/// <param name="Address">As shown: <c>10.0.0.7:5432</c>, <c>:9702</c>, or <c>other</c>.</param>
internal sealed record AddressGroup(string Group, ConnectionDirection Direction, string Address)
{
    internal TcpStateCounts States { get; init; }

    internal ShownStates ShownStates { get; init; }

    internal UnansweredCounts Unanswered { get; init; }

    /// <summary>Null if not known.</summary>
    internal IdleCounts? Idle { get; init; }

    /// <summary>One bit for each cause of <see cref="Unanswered"/> that was seen.</summary>
    internal int ShownCauses { get; init; }

    /// <summary>One bit for each number of <see cref="Idle"/> that was seen.</summary>
    internal int ShownIdle { get; init; }

    /// <summary>Whether the program or the address contains this text.</summary>
    internal bool Holds(string text)
        => Group.Contains(text, StringComparison.OrdinalIgnoreCase) || Address.Contains(text, StringComparison.OrdinalIgnoreCase);
}
