using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Texts for the result of a read, from the C library where it has one.</summary>
internal static class ReadStatusNames
{
    internal static string Of(ReadStatus status) => status switch
    {
        ReadStatus.Ok => Marshal.GetPInvokeErrorMessage(0),
        ReadStatus.Gone => Marshal.GetPInvokeErrorMessage(Libc.ENOENT),
        ReadStatus.Denied => Marshal.GetPInvokeErrorMessage(Libc.EACCES),
        _ => "unexpected format",
    };
}
