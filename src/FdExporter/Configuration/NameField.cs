namespace FdExporter.Configuration;

/// <summary>Content of one part of a <see cref="NameTemplate"/>.</summary>
internal enum NameField
{
    /// <summary>Literal text.</summary>
    Literal,
    Comm,

    /// <summary>The last path component of the first argument; the command name without arguments.</summary>
    ExeBase,

    /// <summary>The first argument, not the executable's path, as in process-exporter. The command name without arguments.</summary>
    ExeFull,
    Username,
    Pid,
    StartTime,
    Cgroups,
    Unit,
    Container,
    Pod,

    /// <summary>Namespace of the Kubernetes pod.</summary>
    Namespace,

    /// <summary>Name of the Kubernetes pod.</summary>
    PodName,

    /// <summary>Name of the container in the pod.</summary>
    ContainerName,

    /// <summary>The pod's name without the suffixes of its controller.</summary>
    Workload,

    /// <summary>The match of one named group of a cmdline pattern.</summary>
    Match,

    /// <summary>The matches of all groups, in Go's map format.</summary>
    Matches,
}
