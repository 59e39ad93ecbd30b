namespace FdExporter.Model;

/// <summary>How much of a process can be seen; a label value of <c>fd_exporter_processes</c>.</summary>
internal enum ProcessVisibility
{
    /// <summary>Its descriptors can be listed and followed: type of each descriptor, owner of each socket.</summary>
    Full,

    /// <summary>The number of its descriptors and its limits are known, their types are not.</summary>
    CountOnly,

    /// <summary>It exists, but its descriptors cannot even be counted.</summary>
    None,
}
