using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Descriptors;

namespace FdExporter.Scanning.Files;

/// <summary>An inotify instance, which several descriptors may share.</summary>
internal sealed class InotifyInstance
{
    /// <summary>A descriptor of it, for comparison with others.</summary>
    internal OpenFile File { get; set; }

    /// <summary>The descriptor of the responsible process, in the scan <see cref="LastScan"/>.</summary>
    internal FdMemory<InotifyLink>.Row Holder { get; set; }

    internal uint LastScan { get; set; }

    /// <summary>The order of instances in which it has its place; a new order is made from time to time.</summary>
    internal uint Order { get; set; }

    /// <summary>As of the last reading; null before.</summary>
    internal long? Watches { get; set; }

    /// <summary>The time provider's timestamp.</summary>
    internal long ReadAt { get; set; }

    /// <summary>A reading was abandoned because it took too long: it is not tried again.</summary>
    internal bool IsHung { get; set; }

    internal bool IsHidden(ProcFs procFs) => !procFs.MayAsk(Holder.Id.Pid);

    internal static OpenFile FileOf(ListedFd fd) => new(fd.Folder.Thread != 0 ? fd.Folder.Thread : fd.Folder.Pid, fd.Number);
}
