using System.Globalization;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Names of network interfaces by index. The indexes differ between network namespaces. Read only when a socket bound to an interface is to
/// be shown, and kept for one scan.
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

    /// <param name="process">A process or thread of the namespace.</param>
    /// <returns>Null for no interface; <c>if7</c>, as in ss(8), for one that is not listed.</returns>
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
            // No handle left: indexes are shown instead of names until the next scan.
        }
    }
}
