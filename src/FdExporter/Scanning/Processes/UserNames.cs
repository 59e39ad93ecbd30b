using System.Globalization;
using FdExporter.Linux.Files;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Names of users: from the passwd file that the processes below the procfs root see, so that the exporter in a
/// container does not call the host's users by its own image's names. A user without a name there is its number, until the
/// file, which is then read again now and then, has one.
/// </summary>
internal sealed class UserNames
{
    private const int MaxLength = 16 * 1024 * 1024;

    private static readonly TimeSpan s_readAgain = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The file may lie on a disk that does not answer. One thread for all that ask, who wait for less than a process may take:
    /// a scan goes on with numbers.
    /// </summary>
    private static readonly FileThread s_shared = new(TimeSpan.FromSeconds(1));

    private Dictionary<uint, string> _names = [];
    private readonly ProcFs _procFs;
    private readonly TimeProvider _time;
    private readonly FileThread _files;
    private long _read;
    private bool _isKnown;

    /// <param name="files">By which the file is read; null for one that all share.</param>
    internal UserNames(ProcFs procFs, TimeProvider time, FileThread? files = null)
    {
        _files = files ?? s_shared;
        _procFs = procFs;
        _time = time;
        Read();
    }

    internal string NameOf(uint uid) => NameOf(uid, out _);

    /// <param name="isKnown">False where the file could not be read just now, so that another look may have a name.</param>
    internal string NameOf(uint uid, out bool isKnown)
    {
        if (!_names.TryGetValue(uid, out string? name) && (!_isKnown || _time.GetElapsedTime(_read) >= s_readAgain))
        {
            Read();
        }

        isKnown = _names.TryGetValue(uid, out name) || _isKnown;
        return name ?? uid.ToString(CultureInfo.InvariantCulture);
    }

    private void Read()
    {
        _read = _time.GetTimestamp();
        byte[]? passwd = ReadPasswd();
        _isKnown = passwd is not null;
        if (passwd is not null)
        {
            _names = Parse(passwd);
        }
    }

    /// <summary>Null when it cannot be read now: a disk that fails or does not answer, no handle left. The names that are known then stay.</summary>
    private byte[]? ReadPasswd()
    {
        try
        {
            return _files.Run(() =>
            {
                byte[] buffer = new byte[16 * 1024];
                ProcPath path = _procFs.IsOwn ? ProcPath.Of("self/root/etc/passwd"u8) : ProcPath.Of(1, "root/etc/passwd"u8);
                return _procFs.TryReadAll(path, ref buffer, MaxLength, out ReadOnlySpan<byte> text) == ReadStatus.Ok ? text.ToArray() : [];
            });
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null;
        }
    }

    private static Dictionary<uint, string> Parse(ReadOnlySpan<byte> passwd)
    {
        Dictionary<uint, string> names = [];
        foreach (Range line in passwd.Split((byte)'\n'))
        {
            if (PasswdEntry.TryParse(passwd[line], out uint uid, out ReadOnlySpan<byte> name))
            {
                names.TryAdd(uid, Printable.NameOf(name));
            }
        }

        return names;
    }
}
