namespace FdExporter.Model;

/// <summary>How a program holds a file without a descriptor.</summary>
internal enum OutsideKind
{
    /// <summary>Mapped and then closed; also shared anonymous memory.</summary>
    Mapped,

    /// <summary>System V shared memory, from its creation to its removal.</summary>
    SharedMemory,

    /// <summary>Registered with an io_uring.</summary>
    IoUring,

    /// <summary>Sent to it over a Unix socket and not received.</summary>
    InFlight,
}
