namespace LeakLab;

/// <summary>The options of every verb.</summary>
internal sealed record LabSettings(string Name, TimeSpan Duration, TimeSpan? ReleaseAfter, bool UntilStdinCloses);
