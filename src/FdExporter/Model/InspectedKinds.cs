namespace FdExporter.Model;

/// <summary>What a scan does not tell of a process's descriptors and an inspection does.</summary>
/// <param name="Sockets">By protocol.</param>
/// <param name="InNoTable">Those of them that their protocol's table does not have.</param>
/// <param name="Others">Descriptors of type <c>other</c>, by <see cref="OtherKind"/>.</param>
internal sealed record InspectedKinds(SocketProtocolCounts Sockets, SocketProtocolCounts InNoTable, IReadOnlyDictionary<string, int> Others)
{
    internal static InspectedKinds None { get; } = new(default, default, new Dictionary<string, int>());
}
