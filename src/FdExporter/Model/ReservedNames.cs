namespace FdExporter.Model;

/// <summary>Names with a meaning in labels that a process or container may also use.</summary>
internal static class ReservedNames
{
    /// <summary>Group of the kernel's threads.</summary>
    internal const string Kernel = "[kernel]";

    /// <summary>Group of the sockets that no visible process holds.</summary>
    internal const string Unknown = "[unknown]";

    /// <summary>Everything that is not shown. A program of this name may be added to it.</summary>
    internal const string Other = "other";

    /// <summary>The name, changed if it could be mistaken for the kernel or an unknown owner.</summary>
    internal static string Avoid(string name) => name is Kernel or Unknown ? $"{name} (process)" : name;

    /// <summary>The same for a network namespace.</summary>
    internal static string AvoidNamespace(string name) => name is TcpNamespace.Host or Other ? $"{name} (namespace)" : name;
}
