using FdExporter.Linux.Native;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// What lets the exporter answer when there are no file handles left: some are held from the start and given up one by
/// one, to files that a scan reads, which give them back at once, and to connections, which keep them until they end.
/// </summary>
internal sealed class HandleReserve : IDisposable
{
    /// <summary>A dozen connections: Prometheus, a second one, a browser, and whoever runs curl.</summary>
    private const int Size = 16;

    /// <summary>Connections leave so many. A scan opens one file at a time, an inspection beside it none; the rest is for those that others snatch.</summary>
    private const int ForReading = 4;

    private const int NotRefused = -1;

    /// <summary>The <see cref="HandleLimit"/> of the last refusal, until somebody takes note of it.</summary>
    private int _refused = NotRefused;

    internal HandleReserve() => Descriptors = new DescriptorReserve(Size, errno =>
    {
        HandleLimit limit = errno == Libc.EMFILE ? HandleLimit.Own : HandleLimit.System;
        Volatile.Write(ref _refused, (int)limit);
        Refused?.Invoke(limit);
    });

    /// <summary>
    /// Each time that the kernel refused a descriptor, also where one of the reserve helped. Raised in the middle of a scan
    /// or of an accept: who listens must neither wait nor throw.
    /// </summary>
    internal event Action<HandleLimit>? Refused;

    /// <summary>For files that a scan reads.</summary>
    internal DescriptorReserve Descriptors { get; }

    /// <summary>Whether another connection leaves enough to scan with.</summary>
    internal bool HasPlaceForConnection => Descriptors.Count > ForReading;

    /// <summary>By which limit the kernel refused last since this was asked before; null where it did not.</summary>
    internal HandleLimit? TakeRefused() => Interlocked.Exchange(ref _refused, NotRefused) is var limit and not NotRefused ? (HandleLimit)limit : null;

    /// <summary>As Go's runtime does, so that the limit which a login shell would have is not the exporter's.</summary>
    internal static void RaiseLimit() => DescriptorLimit.RaiseToHard();

    /// <summary>A connection could not be accepted for want of a descriptor. True when it is worth another try.</summary>
    internal bool TryGiveUpForConnection()
    {
        // A socket's exception does not say which of the two limits it was.
        int errno = DescriptorReserve.Probe();
        return errno == 0 || (DescriptorReserve.IsExhaustion(errno) && Descriptors.TryGiveUp(errno, ForReading));
    }

    /// <summary>Takes back what is missing, as far as the kernel lets it. True when none is missing.</summary>
    internal bool TryFill() => Descriptors.TryFill();

    public void Dispose() => Descriptors.Dispose();
}
