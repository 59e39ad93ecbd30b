namespace FdExporter.Model;

/// <summary>What listens on this machine at an address that a process is connected to.</summary>
/// <param name="Process">Who should accept there.</param>
/// <param name="Queued">Connections that wait to be accepted there.</param>
internal sealed record LocalServer(IpEndpoint Address, ProcessSample Process, ProcessRun Run, uint Queued);
