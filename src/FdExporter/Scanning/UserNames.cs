using System.Globalization;
using System.Text;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning;

/// <summary>
/// Names of users: from the passwd file that the processes below the procfs root see, so that the exporter in a
/// container does not call the host's users by its own image's names. A user without a name there is its number.
/// </summary>
internal sealed class UserNames
{
    private const int MaxLength = 16 * 1024 * 1024;

    private readonly Dictionary<uint, string> _names = [];

    internal UserNames(ProcFs procFs) => Add(ReadPasswd(procFs));

    internal string NameOf(uint uid)
    {
        if (!_names.TryGetValue(uid, out string? name))
        {
            name = uid.ToString(CultureInfo.InvariantCulture);
            _names.Add(uid, name);
        }

        return name;
    }

    private static byte[] ReadPasswd(ProcFs procFs)
    {
        if (procFs.IsOwn)
        {
            return File.Exists("/etc/passwd") ? File.ReadAllBytes("/etc/passwd") : [];
        }

        byte[] buffer = new byte[16 * 1024];
        return procFs.TryReadAll(ProcPath.Of(1, "root/etc/passwd"u8), ref buffer, MaxLength, out ReadOnlySpan<byte> text) == ReadStatus.Ok
            ? text.ToArray()
            : [];
    }

    // payment:x:1000:1000:Payment service:/srv/payment:/usr/sbin/nologin
    private void Add(ReadOnlySpan<byte> passwd)
    {
        foreach (Range lineRange in passwd.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = passwd[lineRange];
            int name = line.IndexOf((byte)':');
            int password = name < 0 ? -1 : line[(name + 1)..].IndexOf((byte)':');
            if (password < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> rest = line[(name + password + 2)..];
            int uid = rest.IndexOf((byte)':');
            if (uid > 0 && uint.TryParse(rest[..uid], CultureInfo.InvariantCulture, out uint number))
            {
                _names.TryAdd(number, Encoding.UTF8.GetString(line[..name]));
            }
        }
    }
}
