using System.Buffers.Text;
using FdExporter.Model;

namespace FdExporter.Scanning.Cgroups;

/// <summary>The names that systemd gives to the control groups of its units. Source: systemd.unit(5), cg_unescape() of systemd.</summary>
internal static class SystemdUnit
{
    /// <summary>Whether a folder is a unit of a type that has processes of its own. Slices only hold other units.</summary>
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
    /// The name of the container that systemd-nspawn or libvirt-lxc runs in a unit. Its scope has a name worth reading,
    /// so unlike docker's it is the unit as well. A virtual machine has such a scope too, and is no container.
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
        // systemd puts an underscore before a name that clashes with a file of the kernel (_memory.service).
        return Unescape(name.StartsWith("_"u8) ? name[1..] : name);
    }

    /// <summary>
    /// Undoes <c>\xNN</c>, and escapes anew what no terminal should obey. A dash stays: it stands for a slash only in the names of
    /// paths, which cannot be told apart. An escaped slash stays too: a slash divides who delegates from what is called so below it.
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
