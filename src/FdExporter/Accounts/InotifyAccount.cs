using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>
/// The inotify instances and watches of one user. The kernel counts them for the user that created them; here they count for the effective
/// user of the process that holds them, which is nearly always the same.
/// </summary>
/// <param name="user">The name, or the number if the name is unknown or of several users.</param>
internal sealed class InotifyAccount(string user)
{
    private readonly List<InotifySample> _processes = [];

    internal string User => user;

    internal long Instances { get; private set; }

    /// <summary>Null if none of the instances could be read.</summary>
    internal long? Watches { get; private set; }

    internal IReadOnlyList<InotifySample> Processes => _processes;

    internal void Add(in InotifySample sample)
    {
        _processes.Add(sample);
        Instances += sample.Instances;
        Watches = sample.Watches is null ? Watches : (Watches ?? 0) + sample.Watches;
    }

    /// <summary>The share of the limit that is nearer; 0 if no limit is known.</summary>
    internal double RatioTo(FileUse limits) => Math.Max(Ratio(Instances, limits.MaxInotifyInstances), Ratio(Watches ?? 0, limits.MaxInotifyWatches));

    internal static double Ratio(long used, ulong? limit) => limit is > 0 and { } most ? used / (double)most : 0;

    /// <summary>By user.</summary>
    internal static IReadOnlyCollection<InotifyAccount> Of(HostSnapshot snapshot)
    {
        if (snapshot is not { Files.Inotify: { Length: > 0 } samples, Processes.Processes: var processes })
        {
            return [];
        }

        Dictionary<uint, InotifyAccount> users = [];
        HashSet<string> names = [];
        foreach (ref readonly InotifySample sample in samples.AsSpan())
        {
            ProcessFacts facts = processes[sample.Process].Facts;
            uint uid = facts.Uid ?? uint.MaxValue;
            if (!users.TryGetValue(uid, out InotifyAccount? user))
            {
                string name = facts.Uid is null ? ReservedNames.Unknown : facts.User;
                user = users[uid] = new InotifyAccount(names.Add(name) ? name : FormattableString.Invariant($"{uid}"));
            }

            user.Add(in sample);
        }

        return users.Values;
    }
}
