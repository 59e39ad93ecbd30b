namespace FdExporter.Model;

/// <summary>How much of a process may be seen; a label value of <c>fd_exporter_processes</c>.</summary>
internal enum ProcessVisibility
{
    /// <summary>Its descriptors can be listed and followed: owner of each socket, type of each descriptor.</summary>
    Full,

    /// <summary>The number of its descriptors and its limits are known, what they are is not.</summary>
    CountOnly,

    /// <summary>It is known to exist; not even its descriptors can be counted.</summary>
    None,
}
