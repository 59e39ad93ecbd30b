namespace FdExporter.Scanning.Sockets;

/// <summary>Source of the TCP sockets of one network namespace.</summary>
internal interface ITcpSource : IDisposable
{
    /// <summary>The label value in <c>fd_exporter_source_info</c>.</summary>
    string Name { get; }

    /// <summary>Passes on every socket of the namespace, then the further information on the requested ones.</summary>
    /// <exception cref="IOException">The kernel refused, or its answer could not be parsed.</exception>
    void Read(ITcpSocketSink sink);
}
