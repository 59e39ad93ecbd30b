using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The sockets in CLOSE_WAIT of one program to one address.</summary>
/// <param name="Address">As shown: <c>192.168.121.44:443</c>, <c>:9702</c>, or <c>other</c>.</param>
/// <param name="Causes">Sockets by cause, in the order of <see cref="CloseWaitCause"/>; null for a cause that was never seen.</param>
internal sealed record CloseWaitGroup(
    string Group,
    ConnectionDirection Direction,
    string Address,
    IReadOnlyList<long?> Causes,
    TimeSpan Oldest,
    CloseWaitAges Aged)
{
    internal long Total { get; } = Causes.Sum() ?? 0;

    /// <summary>Whether the program or the address contains this text.</summary>
    internal bool Holds(string text)
        => Group.Contains(text, StringComparison.OrdinalIgnoreCase) || Address.Contains(text, StringComparison.OrdinalIgnoreCase);
}
