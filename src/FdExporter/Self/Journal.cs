namespace FdExporter.Self;

/// <summary>The journal takes the level of a line from a prefix such as <c>&lt;4&gt;</c>. Source: sd-daemon(3).</summary>
internal static class Journal
{
    /// <summary>Whether stderr is connected to the journal.</summary>
    internal static bool IsStandardError() => IsSocket(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), new FileInfo("/proc/self/fd/2").LinkTarget);

    /// <param name="stream">JOURNAL_STREAM, such as <c>8:26427</c>: device and inode. All sockets have the same device.</param>
    /// <param name="target">Such as <c>socket:[26427]</c>.</param>
    internal static bool IsSocket(string? stream, string? target)
        => stream?.Split(':') is [_, { Length: > 0 } inode] && target == $"socket:[{inode}]";

    internal static string PrefixOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "<7>",
        LogLevel.Information => "<6>",
        LogLevel.Warning => "<4>",
        _ => "<3>",
    };
}
