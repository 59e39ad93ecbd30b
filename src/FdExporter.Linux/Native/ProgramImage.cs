using System.Globalization;

namespace FdExporter.Linux.Native;

/// <summary>The executable as mapped into memory. Source: proc_pid_maps(5).</summary>
internal static class ProgramImage
{
    /// <summary>
    /// Unmaps the pages of code and constants touched so far; pages that are needed again are read from the page cache,
    /// sixteen per fault. Does nothing without /proc.
    /// </summary>
    internal static void ReleaseTouchedPages()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                if (TryParse(line, Environment.ProcessPath ?? "", out nuint start, out nuint length))
                {
                    _ = Libc.madvise(start, length, Libc.MADV_DONTNEED);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>True for mappings that can be read again from the file unchanged: code, and the constants before it.</summary>
    // 55d0c8a00000-55d0c9200000 r-xp 00680000 fe:00 394759    /usr/bin/fd-exporter
    internal static bool TryParse(string line, string program, out nuint start, out nuint length)
    {
        start = 0;
        length = 0;
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || program.Length == 0 || fields[5].TrimStart() != program

            // Read-only memory after the code was modified when addresses were relocated.
            || !(fields[1] == "r-xp" || (fields[1] == "r--p" && fields[2].All(static digit => digit == '0'))))
        {
            return false;
        }

        string[] range = fields[0].Split('-');
        if (range.Length != 2
            || !nuint.TryParse(range[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            || !nuint.TryParse(range[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out nuint end)
            || end <= start)
        {
            start = 0;
            return false;
        }

        length = end - start;
        return true;
    }
}
