using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>How a reading ended, in the system's own words.</summary>
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
