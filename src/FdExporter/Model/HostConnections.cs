using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>TCP connections by process and address.</summary>
/// <param name="Ports">Null if unknown: the exporter is in another network namespace than the host.</param>
internal sealed record HostConnections(ImmutableArray<AddressSample> Addresses, EphemeralPorts? Ports);
