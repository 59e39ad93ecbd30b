using FdExporter.Configuration;

namespace FdExporter.Cli.Checks;

/// <summary>The file of <c>--config.file</c>.</summary>
internal static class RulesCheck
{
    private const string Check = "rules";

    internal static CheckItem Run(CheckedHost host)
    {
        if (host.Options.RuleFile is not { } file)
        {
            return new CheckItem(Check, CheckStatus.Ok, "none: programs go by their own names") { Facts = { ["file"] = null } };
        }

        try
        {
            int count = RuleFile.Load(file).Rules.Length;
            if (count == 0)
            {
                return new CheckItem(Check, CheckStatus.Note, $"none in {file}: every program is in the group other")
                {
                    Advice = "Leave out --config.file to have programs go by their own names.",
                    Facts = { ["file"] = file, ["rules"] = count },
                };
            }

            return new CheckItem(Check, CheckStatus.Ok, FormattableString.Invariant($"{count} in {file}"))
            {
                Facts = { ["file"] = file, ["rules"] = count },
            };
        }
        catch (ConfigException exception)
        {
            return new CheckItem(Check, CheckStatus.Fail, exception.Message)
            {
                Advice = "Mend the file; until then the exporter does not start, and a running one keeps the rules it has.",
                Facts = { ["file"] = file },
            };
        }
    }
}
