using System.Globalization;

namespace FdExporter.Cli.Checks;

/// <summary>The user, and each capability that matters. A missing one is no blindness: what is hidden for it may be nothing.</summary>
internal static class PrivilegesCheck
{
    internal static IEnumerable<CheckItem> Look(CheckedHost host)
    {
        CheckedPrivileges privileges = host.Privileges;
        if (privileges.Capabilities is not { } held)
        {
            yield return new CheckItem("user", CheckStatus.Note, "not known: /proc cannot be read here");
            yield break;
        }

        string uid = privileges.Uid.ToString(CultureInfo.InvariantCulture);
        string name = privileges.User == uid ? $"uid {uid}" : $"{privileges.User} (uid {uid})";
        (CheckStatus status, string where) = privileges.IsConfined ? (CheckStatus.Note, ", in a user namespace of its own") : (CheckStatus.Ok, "");
        yield return new CheckItem("user", status, name + where)
        {
            Advice = privileges.IsConfined ? privileges.Advice : "",
            Facts = { ["uid"] = privileges.Uid, ["user"] = privileges.User, ["initial_user_namespace"] = !privileges.IsConfined },
        };
        yield return Item("CAP_SYS_PTRACE", held.HasSysPtrace, "not held", privileges.Advice);
        yield return Item("CAP_DAC_READ_SEARCH", held.HasDacReadSearch, "not held", privileges.Advice);
        yield return Item(
            "CAP_SYS_ADMIN",
            held.HasSysAdmin,
            "not held: other network namespaces read as text",
            "Nothing is hidden without it. Granted, other network namespaces are read by netlink: faster, "
                + "and how long a socket has been in CLOSE_WAIT is known at once.");
    }

    private static CheckItem Item(string capability, bool isHeld, string notHeld, string advice)
        => new(capability, isHeld ? CheckStatus.Ok : CheckStatus.Note, isHeld ? "held" : notHeld)
        {
            Advice = isHeld ? "" : advice,
            Facts = { ["held"] = isHeld },
        };
}
