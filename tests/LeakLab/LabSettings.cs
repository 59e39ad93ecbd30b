namespace LeakLab;

/// <summary>The options that every verb takes.</summary>
internal sealed record LabSettings(string Name, TimeSpan Duration, TimeSpan? ReleaseAfter, bool UntilStdinCloses);
