using System.Runtime.InteropServices;
using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>
/// Complete sums of a snapshot by program, independent of what is displayed. Findings are computed from it; metrics and pages
/// fold it.
/// </summary>
internal sealed class HostAccounts
{
    private readonly Dictionary<string, ProgramAccount> _programs;

    private HostAccounts(HostSnapshot snapshot, Dictionary<string, ProgramAccount> programs, ProgramAccount unknown)
        => (Snapshot, _programs, Unknown) = (snapshot, programs, unknown);

    internal HostSnapshot Snapshot { get; }

    /// <summary>Unordered; empty if the processes are unknown.</summary>
    internal IReadOnlyCollection<ProgramAccount> Programs => _programs.Values;

    /// <summary>Connections and listeners without a known process.</summary>
    internal ProgramAccount Unknown { get; }

    /// <summary>Empty if not collected.</summary>
    internal IReadOnlyCollection<InotifyAccount> InotifyUsers { get; private init; } = [];

    internal static HostAccounts Of(HostSnapshot snapshot)
    {
        Dictionary<string, ProgramAccount> programs = [];
        ProgramAccount unknown = new(ReservedNames.Unknown);
        if (snapshot.Processes is not { } table)
        {
            return new HostAccounts(snapshot, programs, unknown);
        }

        ReadOnlySpan<ProcessSample> processes = table.Processes.AsSpan();
        for (int i = 0; i < processes.Length; i++)
        {
            ref ProgramAccount? program = ref CollectionsMarshal.GetValueRefOrAddDefault(programs, processes[i].Facts.Group, out _);
            program ??= new ProgramAccount(processes[i].Facts.Group);
            program.Add(i, in processes[i], snapshot.Ownership?.Holdings[i]);
        }

        foreach (ref readonly ConnectionSample sample in (snapshot.Ownership?.Connections ?? []).AsSpan())
        {
            ProgramAccount owner = sample.Process < 0 ? unknown : programs[processes[sample.Process].Facts.Group];
            owner.Add(in sample);
        }

        foreach (ref readonly ListenerSample sample in (snapshot.Listeners ?? []).AsSpan())
        {
            ProgramAccount owner = sample.Process < 0 ? unknown : programs[processes[sample.Process].Facts.Group];
            owner.Add(in sample);
        }

        foreach (ref readonly AddressSample sample in (snapshot.Connections?.Addresses ?? []).AsSpan())
        {
            ProgramAccount owner = sample.Process < 0 ? unknown : programs[processes[sample.Process].Facts.Group];
            owner.Add(in sample);
        }

        foreach (ref readonly DeletedFilesSample sample in (snapshot.Files?.Deleted ?? []).AsSpan())
        {
            programs[processes[sample.Process].Facts.Group].Add(in sample);
        }

        return new HostAccounts(snapshot, programs, unknown) { InotifyUsers = InotifyAccount.Of(snapshot) };
    }

    internal ProgramAccount? Find(string program) => _programs.GetValueOrDefault(program);
}
