
namespace FdExporter.Configuration;

/// <summary>
/// An unusable configuration file. The message is one line for any content, so it stays one log record: <c>file:line: key:
/// reason</c>.
/// </summary>
internal sealed class ConfigException : Exception
{
    private const int MaxReason = 500;

    internal ConfigException(string file, long line, string key, string reason)
        : base(OneLine($"{file}:{line}: {Short(key)}: {Short(reason)}"))
    {
    }

    /// <summary>For a file that cannot be read at all.</summary>
    internal ConfigException(string file, string reason, Exception? inner = null)
        : base(OneLine($"{file}: {Short(reason)}"), inner)
    {
    }

    /// <summary>Its content is unknown: the disk does not answer.</summary>
    internal bool IsUnanswered => InnerException is TimeoutException;

    private static string Short(string text) => text.Length <= MaxReason ? text : text[..MaxReason] + "...";

    private static string OneLine(string text)
        => string.Create(text.Length, text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                // Besides control characters, Unicode has two more line separators.
                line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        });
}
