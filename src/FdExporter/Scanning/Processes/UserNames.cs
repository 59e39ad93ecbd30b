using System.Globalization;
using FdExporter.Linux.Files;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// User names from the passwd file that the processes below the procfs root see, so that an exporter in a container does not
/// use its own image's names for the host's users. A user without a name is shown by number, and the file is read again from
/// time to time.
/// </summary>
internal sealed class UserNames
{
    private const int MaxLength = 16 * 1024 * 1024;

    private static readonly TimeSpan s_rereadInterval = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The file may be on a disk that does not answer. One thread reads for all callers, which wait less than the limit for a
    /// process: a scan continues with numbers.
    /// </summary>
    private static readonly FileThread s_shared = new(TimeSpan.FromSeconds(1));

    private Dictionary<uint, string> _names = [];
    private readonly ProcFs _procFs;
    private readonly TimeProvider _time;
    private readonly FileThread _files;
    private long _read;
    private bool _isKnown;

    /// <param name="files">Thread for reading the file; null for the shared one.</param>
    internal UserNames(ProcFs procFs, TimeProvider time, FileThread? files = null)
    {
        _files = files ?? s_shared;
        _procFs = procFs;
        _time = time;
        Read();
    }

    internal string NameOf(uint uid) => NameOf(uid, out _);

    /// <param name="isKnown">False if the file could not be read now, so a later attempt may find a name.</param>
    internal string NameOf(uint uid, out bool isKnown)
    {
        if (!_names.TryGetValue(uid, out string? name) && (!_isKnown || _time.GetElapsedTime(_read) >= s_rereadInterval))
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

    /// <summary>Null if it cannot be read now: a disk that fails or does not answer, no handle left. Known names are kept.</summary>
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
