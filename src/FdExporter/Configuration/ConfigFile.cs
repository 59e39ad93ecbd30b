using System.Text;
using FdExporter.Linux.Files;

namespace FdExporter.Configuration;

/// <summary>
/// Reads a configuration file: only a regular file, at most a megabyte, within <see cref="FileThread.Timeout"/>. The path may
/// be a device, or on a dead disk.
/// </summary>
internal static class ConfigFile
{
    internal const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="thread">Thread of a caller that reads repeatedly; null for a temporary one.</param>
    /// <exception cref="ConfigException">The file cannot be read, is too large, or is not text.</exception>
    internal static string ReadText(string path, FileThread? thread = null)
    {
        using FileThread? own = thread is null ? new FileThread() : null;
        return Decode(path, Read(path, thread ?? own!).Bytes);
    }

    /// <param name="path">The file of the text.</param>
    /// <exception cref="ConfigException">It is not text.</exception>
    internal static string Decode(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new ConfigException(path, "is not UTF-8", e);
        }
    }

    /// <exception cref="ConfigException">
    /// The file cannot be read or is too large; with an inner <see cref="TimeoutException"/> if it does not answer.
    /// </exception>
    internal static RegularFile Read(string path, FileThread thread)
    {
        try
        {
            return thread.Run(() => RegularFile.Read(path, MaxBytes));
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            throw new ConfigException(path, $"cannot be read: {exception.Message}", exception);
        }
    }
}
