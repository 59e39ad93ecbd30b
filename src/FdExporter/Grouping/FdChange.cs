namespace FdExporter.Grouping;

/// <summary>Similar descriptors in two lists of one process. Unit: descriptors.</summary>
/// <param name="Type">The label value of <c>fd_group_fds</c>.</param>
/// <param name="What">As in <see cref="FdGroup"/>, but connections regardless of their state: <c>connections to 10.0.0.7:5432</c>.</param>
/// <param name="New">In the second list only; null if a list is not whole.</param>
/// <param name="Closed">In the first list only; null if a list is not whole.</param>
internal sealed record FdChange(string Type, string What, long Before, long After, long? New, long? Closed)
{
    internal long Growth => After - Before;
}
