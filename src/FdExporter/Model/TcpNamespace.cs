namespace FdExporter.Model;

/// <summary>The TCP sockets of one network namespace.</summary>
/// <param name="Name">The label value: <c>host</c>, or the unit, container or pod in it.</param>
internal sealed record TcpNamespace(string Name, TcpStateCounts Sockets)
{
    internal const string Host = "host";
}
