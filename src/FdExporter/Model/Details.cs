
namespace FdExporter.Model;

/// <summary>What a client may see of a process, beyond numbers, names and kinds.</summary>
/// <param name="Paths">Of open files and Unix sockets.</param>
/// <param name="CommandLine">It may hold secrets.</param>
/// <param name="Clients">
/// Remote addresses of connections that the process is not known to have opened: usually its clients', so personal data. Without it only
/// their networks are shown.
/// </param>
internal readonly record struct Details(bool Paths, bool CommandLine, bool Clients)
{
    internal static Details All => new(true, true, true);

    internal static Details None => default;
}
