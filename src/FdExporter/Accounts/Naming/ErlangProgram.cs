using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The program that an Erlang VM runs: its start module, else the release it boots, else its node name. The arguments also
/// contain the cookie.
/// </summary>
internal static class ErlangProgram
{
    internal static bool IsMachine(string executable) => executable is "beam" or "beam.smp";

    internal static string? NameOf(ProcessDescription process)
        => ValueOf("-s", process.Arguments) switch
        {
            "rabbit" => "rabbitmq",
            "elixir" or "" => OfRelease(process) ?? OfNode(process.Arguments),
            { } module => OfRelease(process) ?? module,
        };

    // -boot /srv/shop/releases/0.1.0/start, -boot releases/3.3.3/couchdb
    private static string? OfRelease(ProcessDescription process)
    {
        string boot = ValueOf("-boot", process.Arguments);
        string name = ProgramPath.BaseName(boot);
        return !boot.Contains("releases/", StringComparison.Ordinal) ? null
            : VagueName.IsProgram(name) ? ProgramPath.SpecificFolderOf(boot) ?? ProgramPath.PlaceOf(process)
            : name;
    }

    // -sname shop@host
    private static string? OfNode(IReadOnlyList<string> arguments)
    {
        string node = ValueOf("-sname", arguments) is { Length: > 0 } shortName ? shortName : ValueOf("-name", arguments);
        return node.Split('@')[0] is { Length: > 0 } name ? name : null;
    }

    private static string ValueOf(string option, IReadOnlyList<string> arguments)
    {
        for (int i = 1; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] == option)
            {
                return arguments[i + 1];
            }

            if (arguments[i] == "-extra")
            {
                break;
            }
        }

        return "";
    }
}
