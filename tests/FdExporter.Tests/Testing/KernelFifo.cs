using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FdExporter.Tests.Testing;

/// <summary>A file whose reader waits until it is written to.</summary>
internal static partial class KernelFifo
{
    internal static void Make(string path)
    {
        if (mkfifo(path, 0x180) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mkfifo {path}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, int mode);
}
