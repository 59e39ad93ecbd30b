using System.Globalization;

namespace FdExporter.Linux.Native;

/// <summary>The program's own file, as it is mapped into its memory. Source: proc_pid_maps(5).</summary>
internal static class ProgramImage
{
    /// <summary>
    /// Unmaps the pages of code and constants that were touched so far; those that are needed again come back from the page
    /// cache, one fault for sixteen. Nothing where /proc is not to be had.
    /// </summary>
    internal static void ForgetTouched()
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

    /// <summary>True for what can be read again from the file as it was: code, and the constants in front of it.</summary>
    // 55d0c8a00000-55d0c9200000 r-xp 00680000 fe:00 394759    /usr/bin/fd-exporter
    internal static bool TryParse(string line, string program, out nuint start, out nuint length)
    {
        start = 0;
        length = 0;
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || program.Length == 0 || fields[5].TrimStart() != program

            // Behind the code there is memory without the right to write that was written to, when addresses were filled in.
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
