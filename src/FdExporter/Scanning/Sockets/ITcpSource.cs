namespace FdExporter.Scanning.Sockets;

/// <summary>Where the TCP sockets of one network namespace are read from.</summary>
internal interface ITcpSource : IDisposable
{
    /// <summary>The label value in <c>fd_exporter_source_info</c>.</summary>
    string Name { get; }

    /// <summary>Hands over every socket of the namespace, and then the further information on those of which it is wanted.</summary>
    /// <exception cref="IOException">The kernel refused, or told something that cannot be understood.</exception>
    void Read(ITcpSocketSink sink);
}
