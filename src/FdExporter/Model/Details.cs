
namespace FdExporter.Model;

/// <summary>What of a process is told to the one who asks, beyond numbers, names and kinds.</summary>
/// <param name="Paths">Of open files and Unix sockets.</param>
/// <param name="CommandLine">It may hold secrets.</param>
/// <param name="Clients">
/// Addresses at the other end of connections that the process is not known to have opened itself: as a rule its clients', and so
/// personal data. Without it their networks are told.
/// </param>
internal readonly record struct Details(bool Paths, bool CommandLine, bool Clients)
{
    internal static Details All => new(true, true, true);

    internal static Details None => default;
}
