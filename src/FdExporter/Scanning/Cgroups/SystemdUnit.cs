using System.Buffers.Text;
using FdExporter.Model;

namespace FdExporter.Scanning.Cgroups;

/// <summary>systemd's names for the control groups of its units. Source: systemd.unit(5), cg_unescape() of systemd.</summary>
internal static class SystemdUnit
{
    /// <summary>Whether a folder is a unit of a type that has its own processes. Slices only contain other units.</summary>
    internal static bool HoldsProcesses(ReadOnlySpan<byte> name)
    {
        int dot = name.LastIndexOf((byte)'.');
        if (dot <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> type = name[(dot + 1)..];
        return type.SequenceEqual("service"u8)
            || type.SequenceEqual("scope"u8)
            || type.SequenceEqual("socket"u8)
            || type.SequenceEqual("mount"u8)
            || type.SequenceEqual("swap"u8);
    }

    /// <summary>
    /// The name of the container that systemd-nspawn or libvirt-lxc runs in a unit. Unlike docker's, its scope has a
    /// meaningful name, so it is shown as the unit too. A virtual machine has such a scope but is not a container.
    /// </summary>
    // machine-build\x2dhost.scope, systemd-nspawn@build-host.service, but machine-qemu\x2d1\x2dvm.scope
    internal static bool TryParseMachine(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> machine)
    {
        machine = Between(name, "machine-"u8, ".scope"u8);
        if (machine.IsEmpty)
        {
            machine = Between(name, "systemd-nspawn@"u8, ".service"u8);
        }

        return !machine.IsEmpty && !machine.StartsWith(@"qemu\x2d"u8);
    }

    /// <summary>The name as an engineer types it.</summary>
    internal static string Display(ReadOnlySpan<byte> name)
    {
        // systemd puts an underscore before names that clash with a kernel file (_memory.service).
        return Unescape(name.StartsWith("_"u8) ? name[1..] : name);
    }

    /// <summary>
    /// Undoes <c>\xNN</c> and escapes terminal control characters again. A dash stays: it means a slash only in the names of
    /// paths, which are not distinguishable. An escaped slash stays too: a slash separates the delegating unit from names
    /// below it.
    /// </summary>
    internal static string Unescape(ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'\\'))
        {
            return Printable.NameOf(name);
        }

        byte[] text = new byte[name.Length];
        int length = 0;
        while (!name.IsEmpty)
        {
            byte value = name[0];
            int taken = 1;
            if (name.Length >= 4
                && name.StartsWith(@"\x"u8)
                && Utf8Parser.TryParse(name.Slice(2, 2), out byte escaped, out int digits, 'x')
                && digits == 2
                && escaped != '/')
            {
                value = escaped;
                taken = 4;
            }

            text[length++] = value;
            name = name[taken..];
        }

        return Printable.NameOf(text.AsSpan(0, length));
    }

    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix)
        => name.Length > prefix.Length + suffix.Length && name.StartsWith(prefix) && name.EndsWith(suffix)
            ? name[prefix.Length..^suffix.Length]
            : default;
}
