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
            return new CheckItem(Check, CheckStatus.Ok, "none: groups are named by program") { Facts = { ["file"] = null } };
        }

        try
        {
            int count = RuleFile.Load(file).Rules.Length;
            if (count == 0)
            {
                return new CheckItem(Check, CheckStatus.Note, $"none in {file}: every program is in the group other")
                {
                    Advice = "Remove --config.file to name groups by program.",
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
                Advice = "Fix the file. Until then the exporter does not start; a running one keeps its rules.",
                Facts = { ["file"] = file },
            };
        }
    }
}
