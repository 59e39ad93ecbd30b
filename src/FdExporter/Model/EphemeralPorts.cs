using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The local ports that the kernel chooses for connections, in the host's network namespace.</summary>
/// <param name="Max">Number of ports for one local and one remote address.</param>
/// <param name="Destinations">The remote addresses that use most of them, most first.</param>
internal sealed record EphemeralPorts(int Max, ImmutableArray<EphemeralPortUse> Destinations);

/// <summary>Ephemeral ports towards one remote address, from the local address that uses most.</summary>
/// <param name="Used">Number of ports, TIME_WAIT included.</param>
/// <param name="TimeWait">Of these in TIME_WAIT.</param>
internal readonly record struct EphemeralPortUse(ConnectionAddress Address, int Used, int TimeWait);
