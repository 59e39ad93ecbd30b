using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The label values of <c>cause</c>, in the order of <see cref="CloseWaitCause"/>.</summary>
internal static class CloseWaitCauseNames
{
    internal static ImmutableArray<string> All { get; } = ["not_closed", "not_noticed", "not_read", "not_accepted", "still_sending", "unknown"];
}
