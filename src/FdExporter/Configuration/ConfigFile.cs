using System.Text;

namespace FdExporter.Configuration;

/// <summary>Reads the text of a configuration file, never more than a megabyte: the path may name anything, /dev/zero included.</summary>
internal static class ConfigFile
{
    internal const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ConfigException">The file cannot be read, is too large, or is not text.</exception>
    internal static string ReadText(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ConfigException(path, "cannot be read: is a directory");
            }

            byte[] bytes = new byte[MaxBytes + 1];
            int length;
            using (FileStream file = File.OpenRead(path))
            {
                length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            }

            return length > MaxBytes
                ? throw new ConfigException(path, $"is larger than {MaxBytes} bytes")
                : Utf8.GetString(bytes.AsSpan(0, length)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new ConfigException(path, "is not UTF-8", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ConfigException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
