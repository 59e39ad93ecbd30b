namespace FdExporter.Grouping;

/// <summary>How one language's interpreter is told which program to run.</summary>
internal sealed class Interpreter
{
    // A script of such a name says nothing without the folder it stands in.
    private static readonly HashSet<string> s_genericScripts =
        ["__main__", "app", "bin", "index", "main", "manage", "run", "server", "start", "wsgi", "www"];

    private static readonly Interpreter[] s_all =
    [
        new("java")
        {
            // Options that take their value as the next argument; each other one begins with a dash and stands alone.
            ValueOptions =
            [
                "-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules",
                "--add-opens", "--add-exports", "--add-reads", "--limit-modules", "--enable-native-access", "--source",
            ],
            ProgramOptions = ["-jar", "-m", "--module"],
            Shorten = JavaProgram,
        },
        new("python") { ValueOptions = ["-W", "-X", "--check-hash-based-pycs"], ProgramOptions = ["-m"], CodeOptions = ["-c"] },
        new("pypy") { ValueOptions = ["-W", "-X"], ProgramOptions = ["-m"], CodeOptions = ["-c"] },
        new("node")
        {
            ValueOptions = ["-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file"],
            CodeOptions = ["-e", "--eval", "-p", "--print", "-pe", "-i"],
        },
        new("ruby") { ValueOptions = ["-I", "-r", "-C", "-E"], CodeOptions = ["-e"] },
        new("php") { ValueOptions = ["-c", "-d", "-z"], ProgramOptions = ["-f"], CodeOptions = ["-r", "-B", "-R", "-S", "-a"] },
        new("perl") { ValueOptions = ["-I"], CodeOptions = ["-e", "-E"] },
        new("dotnet")
        {
            ValueOptions = ["--additionalprobingpath", "--additional-deps", "--depsfile", "--fx-version", "--roll-forward", "--runtimeconfig"],
            Commands = ["exec"],
            Shorten = DotnetProgram,
        },
    ];

    private readonly string _name;

    private Interpreter(string name) => _name = name;

    private HashSet<string> ValueOptions { get; init; } = [];

    /// <summary>Options whose value is the program.</summary>
    private HashSet<string> ProgramOptions { get; init; } = [];

    /// <summary>Options that bring their code along: there is no program to name then.</summary>
    private HashSet<string> CodeOptions { get; init; } = [];

    private HashSet<string> Commands { get; init; } = [];

    private Func<string, string?> Shorten { get; init; } = ScriptName;

    /// <summary>By the name of the executable: <c>python3.11</c> is python, <c>nodejs</c> is node, <c>phpize</c> is nothing.</summary>
    internal static Interpreter? Find(string executable)
    {
        if (executable == "nodejs")
        {
            executable = "node";
        }

        foreach (Interpreter interpreter in s_all)
        {
            if (executable.StartsWith(interpreter._name, StringComparison.Ordinal)
                && executable.AsSpan(interpreter._name.Length).Trim("0123456789.").IsEmpty)
            {
                return interpreter;
            }
        }

        return null;
    }

    /// <summary>The program among the arguments, the first of which is the interpreter; null where none is named.</summary>
    internal string? ProgramOf(IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (ProgramOptions.Contains(argument))
            {
                return i + 1 < arguments.Count ? Shorten(arguments[i + 1]) : null;
            }

            if (CodeOptions.Contains(argument))
            {
                return null;
            }

            if (ValueOptions.Contains(argument))
            {
                i++;
            }
            else if (!argument.StartsWith('-') && !argument.StartsWith('@') && argument.Length > 0 && !Commands.Contains(argument))
            {
                return Shorten(argument);
            }
        }

        return null;
    }

    // /srv/payment/server.js -> payment/server.js, /usr/bin/gunicorn -> gunicorn
    private static string ScriptName(string path)
    {
        string name = ProgramName.BaseName(path);
        int dot = name.LastIndexOf('.');
        string stem = dot > 0 ? name[..dot] : name;
        string folder = path.Length > name.Length ? ProgramName.BaseName(path[..^(name.Length + 1)]) : "";
        return folder.Length == 0 || folder is "." or ".." || !s_genericScripts.Contains(stem) ? name : $"{folder}/{name}";
    }

    // org.apache.kafka.Kafka as it is; a module's class; /opt/payment-service-1.4.2-SNAPSHOT.jar -> payment-service,
    // so that the next release goes on in the same series.
    private static string JavaProgram(string program)
    {
        if (!program.EndsWith(".jar", StringComparison.OrdinalIgnoreCase))
        {
            return program[(program.IndexOf('/') + 1)..];
        }

        string jar = ProgramName.BaseName(program)[..^".jar".Length];
        for (int dash = jar.IndexOf('-'); dash > 0; dash = jar.IndexOf('-', dash + 1))
        {
            if (dash + 1 < jar.Length && char.IsAsciiDigit(jar[dash + 1]))
            {
                return jar[..dash];
            }
        }

        return jar;
    }

    // A verb of the SDK (dotnet build, dotnet run) is no program.
    private static string? DotnetProgram(string program)
        => program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ProgramName.BaseName(program)[..^".dll".Length] : null;
}
