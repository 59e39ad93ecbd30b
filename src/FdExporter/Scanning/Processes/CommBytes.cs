using System.Runtime.InteropServices;

namespace FdExporter.Scanning.Processes;

/// <summary>The command name as the kernel keeps it, to see a change without making a string.</summary>
internal readonly record struct CommBytes(UInt128 Value)
{
    internal static CommBytes Of(ReadOnlySpan<byte> comm)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        comm[..Math.Min(comm.Length, bytes.Length)].CopyTo(bytes);
        return new CommBytes(MemoryMarshal.Read<UInt128>(bytes));
    }
}
