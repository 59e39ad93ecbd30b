using System.Text;

namespace FdExporter.Configuration;

/// <summary>Reads a configuration file, never more than a megabyte: the path may name anything, /dev/zero included.</summary>
internal static class ConfigFile
{
    internal const int MaxBytes = 1024 * 1024;
    private const int UsualBytes = 16 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ConfigException">The file cannot be read, is too large, or is not text.</exception>
    internal static string ReadText(string path) => Decode(path, ReadBytes(path));

    /// <param name="path">Whose text it is.</param>
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

    /// <exception cref="ConfigException">The file cannot be read, or is too large.</exception>
    internal static byte[] ReadBytes(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ConfigException(path, "cannot be read: is a directory");
            }

            byte[] bytes = new byte[UsualBytes];
            int length = 0;
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            while ((length += file.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false)) == bytes.Length)
            {
                if (length > MaxBytes)
                {
                    throw new ConfigException(path, $"is larger than {MaxBytes} bytes");
                }

                Array.Resize(ref bytes, Math.Min(length * 4, MaxBytes + 1));
            }

            return bytes[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ConfigException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
