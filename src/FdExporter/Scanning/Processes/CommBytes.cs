using System.Runtime.InteropServices;

namespace FdExporter.Scanning.Processes;

/// <summary>The command name in the kernel's form, to detect a change without allocating a string.</summary>
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
