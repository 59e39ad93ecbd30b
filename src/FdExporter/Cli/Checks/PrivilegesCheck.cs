using System.Globalization;
using System.Text.Json.Nodes;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Self;

namespace FdExporter.Cli.Checks;

/// <summary>
/// The user, each relevant capability, and what happens to the others. A missing one is only a note, because possibly nothing
/// is hidden without it.
/// </summary>
internal static class PrivilegesCheck
{
    /// <summary>If there are more, only their number is printed.</summary>
    private const int MaxNames = 3;

    internal static IEnumerable<CheckItem> Run(CheckedHost host)
    {
        CheckedPrivileges privileges = host.Privileges;
        if (privileges.Status is not { } own)
        {
            yield return new CheckItem("user", CheckStatus.Note, "unknown: /proc cannot be read");
            yield break;
        }

        ExporterRights rights = privileges.Rights;
        string advice = host.Coverage.Advice;
        string uid = rights.Uid.ToString(CultureInfo.InvariantCulture);
        string name = privileges.User == uid ? $"uid {uid}" : $"{privileges.User} (uid {uid})";
        (CheckStatus status, string where) = rights.IsConfined ? (CheckStatus.Note, ", in a user namespace of its own") : (CheckStatus.Ok, "");
        yield return new CheckItem("user", status, name + where)
        {
            Advice = rights.IsConfined ? advice : "",
            Facts = { ["uid"] = rights.Uid, ["user"] = privileges.User, ["initial_user_namespace"] = !rights.IsConfined },
        };
        yield return One(host.Held, CapabilitySet.SysPtrace, privileges.Has(CapabilitySet.SysPtrace), "not held", advice);
        yield return One(host.Held, CapabilitySet.DacReadSearch, privileges.Has(CapabilitySet.DacReadSearch), "not held", advice);
        yield return One(
            host.Held,
            CapabilitySet.SysAdmin,
            privileges.Has(CapabilitySet.SysAdmin),
            "not held: other network namespaces are read as text",
            "Optional: with it other network namespaces are read by netlink, which is faster "
                + "and gives the age of sockets in CLOSE_WAIT at once.");
        yield return Others(host.Held, in own);
    }

    private static CheckItem One(HeldPrivileges privileges, CapabilitySet capability, bool isHeld, string notHeld, string advice)
    {
        bool isNeeded = privileges.Needed is not { } needed || needed.Has(capability);
        bool isMissing = isNeeded && !isHeld;
        string found = isHeld ? "held"
            : isMissing ? notHeld
            : privileges.Dropped.Has(capability) ? "dropped: not needed by these flags"
            : "not held, not needed by these flags";
        return new CheckItem(capability.ToString(), isMissing ? CheckStatus.Note : CheckStatus.Ok, found)
        {
            Advice = isMissing ? advice : "",
            Facts = { ["held"] = isHeld, ["needed"] = isNeeded },
        };
    }

    /// <summary>Other capabilities, which a server with these flags would keep.</summary>
    private static CheckItem Others(HeldPrivileges privileges, in ProcessStatus own)
    {
        CapabilitySet known = CapabilitySet.SysPtrace | CapabilitySet.DacReadSearch | CapabilitySet.SysAdmin | CapabilitySet.NetAdmin;
        (CheckStatus status, string others, string advice) = privileges switch
        {
            { Problem: { } problem } => (
                CheckStatus.Note,
                $"{Named(privileges.Kept.Without(known))} still held: {problem}",
                "The exporter works, but with more rights than it needs. Grant it only those that it needs."),
            { Needed: null } => (
                CheckStatus.Note,
                $"{Named(privileges.Kept.Without(known))} kept",
                "Remove --no-privileges.drop to drop what is not needed."),
            _ => (CheckStatus.Ok, $"{Named(privileges.Dropped.Without(known))} dropped", ""),
        };
        string? seccomp = own.Seccomp switch
        {
            null => null,
            0 => "off",
            1 => "strict",
            _ => "filter",
        };
        string confined = own.HasNoNewPrivileges is { } isOn && seccomp is not null ? $"; no_new_privs {(isOn ? "on" : "off")}, seccomp {seccomp}" : "";
        return new CheckItem("other_capabilities", status, others + confined)
        {
            Advice = advice,
            Facts =
            {
                ["kept"] = NamesOf(privileges.Kept),
                ["given_up"] = NamesOf(privileges.Dropped),
                ["no_new_privs"] = own.HasNoNewPrivileges,
                ["seccomp"] = seccomp,
            },
        };
    }

    private static string Named(CapabilitySet capabilities) => capabilities.Count switch
    {
        0 => "none",
        <= MaxNames => capabilities.ToString(),
        int count => FormattableString.Invariant($"{count}"),
    };

    private static JsonArray NamesOf(CapabilitySet capabilities) => [.. capabilities.Names.Select(static name => (JsonNode)name)];
}
