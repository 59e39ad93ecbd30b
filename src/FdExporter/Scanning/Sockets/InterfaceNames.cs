using System.Globalization;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Names of network interfaces by their index, which is another in each network namespace. Read only when a socket that is
/// bound to one is to be shown, and kept for a scan.
/// </summary>
internal sealed class InterfaceNames(ProcFs procFs)
{
    private readonly NetTable _lines = new(procFs);
    private readonly Dictionary<(ProcFolder Process, uint Index), string> _names = [];
    private readonly HashSet<ProcFolder> _read = [];

    internal void Clear()
    {
        _names.Clear();
        _read.Clear();
    }

    /// <param name="process">A process of the namespace, or a thread.</param>
    /// <returns>Null for no interface; <c>if7</c>, as ss(8) has it, for one that is listed nowhere.</returns>
    internal string? NameOf(ProcFolder process, uint index)
    {
        if (index == 0)
        {
            return null;
        }

        if (_read.Add(process))
        {
            Read(process);
        }

        return _names.TryGetValue((process, index), out string? name) ? name : "if" + index.ToString(CultureInfo.InvariantCulture);
    }

    private void Read(ProcFolder process)
    {
        try
        {
            _ = _lines.TryRead(ProcPath.Of(process, "net/igmp"u8), line =>
            {
                if (InterfaceLine.TryParseIgmp(line, out uint index, out ReadOnlySpan<byte> name))
                {
                    _names.TryAdd((process, index), Printable.NameOf(name));
                }

                return true;
            });
            _ = _lines.TryRead(ProcPath.Of(process, "net/if_inet6"u8), line =>
            {
                if (InterfaceLine.TryParseIfInet6(line, out uint index, out ReadOnlySpan<byte> name))
                {
                    _names.TryAdd((process, index), Printable.NameOf(name));
                }

                return true;
            }, hasHeadings: false);
        }
        catch (KernelException)
        {
            // No handle left: the numbers stand for the names until the next scan.
        }
    }
}
