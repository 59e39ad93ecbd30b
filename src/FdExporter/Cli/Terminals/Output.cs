using System.Text;
using FdExporter.Configuration;
using FdExporter.Linux.Native;
using FdExporter.Model;

namespace FdExporter.Cli.Terminals;

/// <summary>Standard output of the verbs, and their errors and warnings.</summary>
internal static class Output
{
    /// <returns>False if the reader has closed it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static bool Print(string text) => StandardOutput.TryWrite(Encoding.UTF8.GetBytes(text));

    /// <summary>One line on stderr.</summary>
    /// <returns>1, the exit code.</returns>
    internal static int Fail(string problem)
    {
        Report("error", problem);
        return 1;
    }

    /// <summary>One line on stderr.</summary>
    internal static void Warn(string problem) => Report("warning", problem);

    private static void Report(string severity, string text)
    {
        try
        {
            _ = StandardError.TryWrite(Encoding.UTF8.GetBytes($"{BuildInfo.Program}: {severity}: {Printable.Of(text)}\n"));
        }
        catch (IOException)
        {
            // There is no other place for it; the exit code still says it.
        }
    }
}
