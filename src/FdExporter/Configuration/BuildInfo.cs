using System.Reflection;
using System.Runtime.InteropServices;

namespace FdExporter.Configuration;

/// <summary>Name and version of this program, stamped by the build.</summary>
internal static class BuildInfo
{
    internal const string Program = "fd-exporter";

    internal static string Version { get; } = Split().Version;

    /// <summary>The commit of the build; empty for a build outside a repository.</summary>
    internal static string Revision { get; } = Split().Revision;

    internal static string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    private static (string Version, string Revision) Split()
    {
        string text = typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (text, "") : (text[..plus], text[(plus + 1)..]);
    }
}
