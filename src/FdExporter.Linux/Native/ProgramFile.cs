using System.Text;

namespace FdExporter.Linux.Native;

/// <summary>The executable of this process, by its link in a procfs.</summary>
/// <param name="link"><c>/proc/self/exe</c>: leads to the file that was started, even if its path was replaced since.</param>
internal sealed unsafe class ProgramFile(string link)
{
    private const int CommandNameLength = 16;

    private readonly byte[] _link = Encoding.UTF8.GetBytes(link + '\0');

    /// <summary>Name of the calling thread as ps(1) shows it; on the first thread: of the process. At most 15 bytes.</summary>
    internal static string CommandName
    {
        get
        {
            byte* name = stackalloc byte[CommandNameLength];
            return Libc.prctl(Libc.PR_GET_NAME, (nuint)name, 0, 0, 0) == 0 ? Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, CommandNameLength)).TrimEnd('\0') : "";
        }

        set
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(value + '\0'))
            {
                _ = Libc.prctl(Libc.PR_SET_NAME, (nuint)name, 0, 0, 0);
            }
        }
    }

    /// <summary>Whether the file grants capabilities on execution, as set by setcap(8).</summary>
    internal bool HasCapabilities
    {
        get
        {
            fixed (byte* path = _link, name = "security.capability\0"u8)
            {
                return Libc.getxattr(path, name, null, 0) >= 0;
            }
        }
    }

    /// <summary>
    /// Replaces this process by the same program (execve), keeping pid, environment and descriptors without close-on-exec.
    /// Returns only on failure, with the reason.
    /// </summary>
    /// <param name="commandLine">Each argument ends with a zero byte, as in <c>/proc/self/cmdline</c>.</param>
    internal KernelException Execute(ReadOnlySpan<byte> commandLine, string variable, string value)
    {
        int count = commandLine.Count((byte)0);
        nint[] arguments = new nint[count + 1];
        fixed (byte* path = _link, first = commandLine, name = Encoding.UTF8.GetBytes(variable + '\0'), text = Encoding.UTF8.GetBytes(value + '\0'))
        fixed (nint* argv = arguments)
        {
            byte* next = first;
            for (int i = 0; i < count; i++)
            {
                arguments[i] = (nint)next;
                next += new ReadOnlySpan<byte>(next, (int)(first + commandLine.Length - next)).IndexOf((byte)0) + 1;
            }

            _ = Libc.setenv(name, text, 1);
            _ = Libc.execv(path, (byte**)argv);
            return KernelException.FromLastError("execve", link);
        }
    }
}
