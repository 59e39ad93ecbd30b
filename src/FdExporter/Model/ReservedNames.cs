namespace FdExporter.Model;

/// <summary>Names that mean something in a label, and that a process or a container may have given itself all the same.</summary>
internal static class ReservedNames
{
    /// <summary>Group of the kernel's threads.</summary>
    internal const string Kernel = "[kernel]";

    /// <summary>Group of the sockets that no visible process holds.</summary>
    internal const string Unknown = "[unknown]";

    /// <summary>Where everything beyond what is shown is added up. A program of this name may be added to it.</summary>
    internal const string Other = "other";

    /// <summary>The name, or a like one where it would pass for the kernel or for nobody.</summary>
    internal static string Avoid(string name) => name is Kernel or Unknown ? $"{name} (process)" : name;

    /// <summary>Likewise of a network namespace.</summary>
    internal static string AvoidNamespace(string name) => name is TcpNamespace.Host or Other ? $"{name} (namespace)" : name;
}
