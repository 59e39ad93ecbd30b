using System.Globalization;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Names of users: from the passwd file that the processes below the procfs root see, so that the exporter in a
/// container does not call the host's users by its own image's names. A user without a name there is its number, until the
/// file, which is then read again now and then, has one.
/// </summary>
internal sealed class UserNames
{
    private const int MaxLength = 16 * 1024 * 1024;

    private static readonly TimeSpan s_readAgain = TimeSpan.FromMinutes(5);

    private readonly Dictionary<uint, string> _names = [];
    private readonly ProcFs _procFs;
    private readonly TimeProvider _time;
    private long _read;

    internal UserNames(ProcFs procFs, TimeProvider time)
    {
        _procFs = procFs;
        _time = time;
        Read();
    }

    internal string NameOf(uint uid)
    {
        if (_names.TryGetValue(uid, out string? name))
        {
            return name;
        }

        if (_time.GetElapsedTime(_read) >= s_readAgain)
        {
            Read();
        }

        return _names.TryGetValue(uid, out name) ? name : uid.ToString(CultureInfo.InvariantCulture);
    }

    private void Read()
    {
        _read = _time.GetTimestamp();
        if (ReadPasswd() is { } passwd)
        {
            _names.Clear();
            Add(passwd);
        }
    }

    /// <summary>Null when it cannot be read now: a disk that fails or no handle left. The names that are known then stay.</summary>
    private byte[]? ReadPasswd()
    {
        byte[] buffer = new byte[16 * 1024];
        ProcPath path = _procFs.IsOwn ? ProcPath.Of("self/root/etc/passwd"u8) : ProcPath.Of(1, "root/etc/passwd"u8);
        try
        {
            return _procFs.TryReadAll(path, ref buffer, MaxLength, out ReadOnlySpan<byte> text) == ReadStatus.Ok ? text.ToArray() : [];
        }
        catch (KernelException)
        {
            return null;
        }
    }

    private void Add(ReadOnlySpan<byte> passwd)
    {
        foreach (Range line in passwd.Split((byte)'\n'))
        {
            if (PasswdEntry.TryParse(passwd[line], out uint uid, out ReadOnlySpan<byte> name))
            {
                _names.TryAdd(uid, Printable.NameOf(name));
            }
        }
    }
}
