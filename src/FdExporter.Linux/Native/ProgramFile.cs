using System.Text;

namespace FdExporter.Linux.Native;

/// <summary>The program that this process runs, by its link in a procfs.</summary>
/// <param name="link"><c>/proc/self/exe</c>: leads to the very file, also when another has taken its name since.</param>
internal sealed unsafe class ProgramFile(string link)
{
    private const int CommandNameLength = 16;

    private readonly byte[] _link = Encoding.UTF8.GetBytes(link + '\0');

    /// <summary>What ps(1) calls the calling thread; of the first one: the process. At most 15 bytes.</summary>
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

    /// <summary>Whether whoever starts it is given capabilities by it, as by setcap(8).</summary>
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
    /// Starts it again in the place of this process, which keeps its number, its environment and the descriptors that are not
    /// closed on execution. Returns only with the reason why not.
    /// </summary>
    /// <param name="commandLine">Each argument ends in a zero byte, as in <c>/proc/self/cmdline</c>.</param>
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
