using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Cli.Terminals;

/// <summary>What the verbs say when they could look.</summary>
internal static class Output
{
    /// <returns>False when nobody reads any more.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static bool Print(string text) => StandardOutput.TryWrite(Encoding.UTF8.GetBytes(text));
}
