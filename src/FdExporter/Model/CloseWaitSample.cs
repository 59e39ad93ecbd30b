namespace FdExporter.Model;

/// <summary>Sockets in CLOSE_WAIT that differ in nothing but their age.</summary>
/// <param name="Process">Index of the culprit among the snapshot's processes; -1 when it is not known.</param>
/// <param name="Count">Unit: sockets.</param>
/// <param name="Oldest">For how long the oldest has been stuck, at the least.</param>
/// <param name="Aged">How many have been stuck for at least each of <see cref="CloseWaitAges.Thresholds"/>.</param>
internal readonly record struct CloseWaitSample(
    int Process,
    CloseWaitDirection Direction,
    IpEndpoint Endpoint,
    CloseWaitCause Cause,
    long Count,
    TimeSpan Oldest,
    CloseWaitAges Aged);
