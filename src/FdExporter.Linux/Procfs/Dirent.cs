using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The numeric entries of a directory descriptor: pids below the root, descriptors below <c>PID/fd</c>.
/// struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; }. Source: getdents64(2).
/// </summary>
internal static unsafe class Dirent
{
    private const int HeaderLength = 19;

    /// <summary>Fills <paramref name="buffer"/> with the next entries. 0 at the end; -1 with errno on failure.</summary>
    internal static int Read(int fd, Span<byte> buffer)
    {
        nint length;
        fixed (byte* bytes = buffer)
        {
            do
            {
                length = Libc.getdents64(fd, bytes, buffer.Length);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        }

        return (int)length;
    }

    /// <summary>
    /// Takes the next entry off <paramref name="entries"/>. The number is -1 if the name is not numeric. False at the end, or
    /// if the rest is not a whole entry.
    /// </summary>
    internal static bool TryTakeNumber(ref ReadOnlySpan<byte> entries, out int number, out ulong inode)
    {
        number = -1;
        inode = 0;
        if (entries.Length < HeaderLength)
        {
            return false;
        }

        int recordLength = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
        if (!BitConverter.IsLittleEndian)
        {
            recordLength = BinaryPrimitives.ReverseEndianness((ushort)recordLength);
        }

        if (recordLength < HeaderLength || recordLength > entries.Length)
        {
            return false;
        }

        inode = MemoryMarshal.Read<ulong>(entries);
        ReadOnlySpan<byte> name = entries[HeaderLength..recordLength];
        entries = entries[recordLength..];

        long value = 0;
        int i = 0;
        for (; i < name.Length && name[i] != 0; i++)
        {
            int digit = name[i] - '0';
            if ((uint)digit > 9 || (value = (value * 10) + digit) > int.MaxValue)
            {
                return true;
            }
        }

        number = i == 0 ? -1 : (int)value;
        return true;
    }
}
