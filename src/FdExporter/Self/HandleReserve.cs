using FdExporter.Linux.Native;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>
/// Lets the exporter answer when no file handles are left: some are reserved at startup and released one by one, for files
/// that a scan reads, which return them at once, and for connections, which keep them until they end.
/// </summary>
internal sealed class HandleReserve : IDisposable
{
    /// <summary>A dozen connections: Prometheus, a second one, a browser, and curl.</summary>
    private const int Size = 16;

    /// <summary>
    /// Number that connections must leave in the reserve. A scan opens one file at a time, a concurrent inspection none; the rest is for
    /// descriptors taken by other processes.
    /// </summary>
    private const int ReservedForScan = 4;

    private readonly TimeProvider _time;
    private volatile Refusal? _last;

    internal HandleReserve(TimeProvider time)
    {
        _time = time;
        Descriptors = new DescriptorReserve(Size, errno =>
        {
            Refusal refusal = new(errno == Libc.EMFILE ? HandleLimit.Own : HandleLimit.System, _time.GetTimestamp());
            _last = refusal;
            Refused?.Invoke(refusal.Limit);
        });
    }

    /// <summary>Near the limit handles come and go: without a refusal for this long, the shortage is over.</summary>
    internal static TimeSpan OverAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Raised each time the kernel refuses a descriptor, even if the reserve helped. Raised during a scan or an accept:
    /// handlers must neither wait nor throw.
    /// </summary>
    internal event Action<HandleLimit>? Refused;

    /// <summary>For files that a scan reads.</summary>
    internal DescriptorReserve Descriptors { get; }

    /// <summary>Whether another connection leaves enough for a scan.</summary>
    internal bool HasPlaceForConnection => Descriptors.Count > ReservedForScan;

    /// <summary>The limit that the kernel reported last; null without a refusal for <see cref="OverAfter"/>.</summary>
    internal HandleLimit? CurrentShortage => _last is { } last && _time.GetElapsedTime(last.At) < OverAfter ? last.Limit : null;

    /// <summary>As Go's runtime does, so that the exporter does not keep a login shell's limit.</summary>
    internal static void RaiseLimit() => DescriptorLimit.RaiseToHard();

    /// <summary>A connection could not be accepted for lack of a descriptor. True if a retry makes sense.</summary>
    internal bool TryGiveUpForConnection()
    {
        // The socket exception does not tell which of the two limits it was.
        int errno = DescriptorReserve.Probe();
        return errno == 0 || (DescriptorReserve.IsExhaustion(errno) && Descriptors.TryGiveUp(errno, ReservedForScan));
    }

    /// <summary>Reopens missing descriptors until the kernel refuses. True when the reserve is full.</summary>
    internal bool TryFill() => Descriptors.TryFill();

    public void Dispose() => Descriptors.Dispose();

    private sealed record Refusal(HandleLimit Limit, long At);
}
