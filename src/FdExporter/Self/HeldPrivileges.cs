using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>What the exporter was started with beyond what its user may, and what of it is left.</summary>
/// <param name="Needed">What these flags have a use for; null where everything was to stay.</param>
/// <param name="Before">Capabilities, in whichever set.</param>
/// <param name="Kept">Those of them that it has now.</param>
/// <param name="Problem">Why more is left than is needed, in one line; null if that is not so or was not asked for.</param>
internal sealed record HeldPrivileges(CapabilitySet? Needed, CapabilitySet Before, CapabilitySet Kept, string? Problem)
{
    internal CapabilitySet Dropped => Before.Without(Kept);

    internal string KeptNames => Kept.ToString();
}
