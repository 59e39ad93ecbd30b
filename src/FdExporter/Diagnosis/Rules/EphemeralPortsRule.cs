using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Destinations towards which the local ports run out.</summary>
internal static class EphemeralPortsRule
{
    private const double WarningRatio = 0.8;
    private const double CriticalRatio = 0.95;

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Connections?.Ports is not { } ports)
        {
            yield break;
        }

        foreach (EphemeralPortUse use in ports.Destinations)
        {
            double ratio = (double)use.Used / ports.Max;
            if (ratio >= WarningRatio)
            {
                string timeWait = use.TimeWait > 0 ? $", {HumanText.Number(use.TimeWait)} of them in TIME_WAIT" : "";
                string holder = HolderOf(input.Host.Accounts, use.Address) is { } program ? $" {program} has most of the connections." : "";
                yield return new Finding(
                    "ephemeral_ports_near_limit",
                    ratio >= CriticalRatio ? Severity.Critical : Severity.Warning,
                    $"The local ports for connections to {use.Address} run out: {HumanText.Number(use.Used)} of {HumanText.Number(ports.Max)} are used{timeWait}. "
                        + $"Without a free one connect() fails with EADDRNOTAVAIL (Cannot assign requested address).{holder}",
                    "Keep connections open and use them again, by keep-alive or a pool. More addresses of the destination, or a wider net.ipv4.ip_local_port_range, give time.")
                {
                    Subject = use.Address.ToString(),
                };
            }
        }
    }

    private static string? HolderOf(HostAccounts accounts, ConnectionAddress address)
    {
        (string? Program, long Count) most = default;
        foreach (ProgramAccount program in accounts.Programs)
        {
            long count = program.Addresses.Where(sample => sample.Address == address && sample.Direction == ConnectionDirection.Outbound).Sum(static sample => sample.States.Total);
            most = count > most.Count ? (program.Name, count) : most;
        }

        return most.Program;
    }
}
