using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Shows the users nearest to a limit of inotify; the others are added up in the user <c>other</c>.</summary>
internal sealed class InotifyUsers
{
    private readonly StickyTop<string> _top;

    internal InotifyUsers(GroupLimits limits, TimeProvider time) => _top = new StickyTop<string>(limits.TopEndpoints, time);

    private InotifyUsers(InotifyUsers other) => _top = other._top.Copy();

    internal InotifyUsers Copy() => new(this);

    internal (ImmutableArray<InotifyUser> Users, int Folded) Group(HostAccounts accounts, FileUse limits)
    {
        _top.Clear();
        foreach (InotifyAccount user in accounts.InotifyUsers)
        {
            if (user.User != GroupSample.Other)
            {
                _top.Add(user.User, user.RatioTo(limits));
            }
        }

        _top.Choose();
        List<InotifyUser> users = [];
        InotifyUser? other = null;
        int folded = 0;
        foreach (InotifyAccount user in accounts.InotifyUsers)
        {
            if (_top.Contains(user.User))
            {
                users.Add(new InotifyUser(user.User, user.Instances, user.Watches));
                continue;
            }

            // A user actually named "other" is not folded.
            folded += user.User == GroupSample.Other ? 0 : 1;
            other = new InotifyUser(GroupSample.Other, (other?.Instances ?? 0) + user.Instances, user.Watches is null ? other?.Watches : (other?.Watches ?? 0) + user.Watches);
        }

        users.Sort(static (a, b) => string.CompareOrdinal(a.User, b.User));
        return ([.. users, .. other is null ? [] : (InotifyUser[])[other]], folded);
    }
}
