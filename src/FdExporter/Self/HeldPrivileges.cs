using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>Capabilities at start and those still held.</summary>
/// <param name="Needed">Capabilities needed by the flags; null if all were to be kept.</param>
/// <param name="Before">Capabilities in any set.</param>
/// <param name="Kept">Those that it still has.</param>
/// <param name="Problem">Why more are left than needed, in one line; null if that is not so or was not requested.</param>
internal sealed record HeldPrivileges(CapabilitySet? Needed, CapabilitySet Before, CapabilitySet Kept, string? Problem)
{
    internal CapabilitySet Dropped => Before.Without(Kept);

    internal string KeptNames => Kept.ToString();
}
