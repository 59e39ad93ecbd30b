namespace FdExporter.Model;

/// <summary>The program that a process runs; of a script its interpreter.</summary>
/// <param name="Path">As the process sees it; hostile text.</param>
/// <param name="PlacedAt">When the file was created or last written; null if unknown.</param>
/// <param name="IsReplaced">Whether the file was deleted or replaced since.</param>
/// <param name="Runtime">What executes its code; null if unknown.</param>
internal sealed record RunningProgram(string Path, DateTimeOffset? PlacedAt, bool IsReplaced, ProgramRuntime? Runtime)
{
    /// <summary>Without the folder.</summary>
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
