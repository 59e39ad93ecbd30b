using System.Collections.Frozen;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The known interpreters with their options. Sources: manual page or <c>--help</c> of each. Shells are not included: a shell
/// keeps its own name, and a shell script the name that the kernel gives it.
/// </summary>
internal static class Interpreters
{
    private static readonly string[] s_javaScript = [".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"];

    internal static readonly Interpreter[] All =
    [
        new("java")
        {
            Options = new OptionTable(words:
            [
                (OptionKind.Value,
                [
                    "-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules", "--add-opens",
                    "--add-exports", "--add-reads", "--limit-modules", "--enable-native-access", "--source",
                ]),
                (OptionKind.Program, ["-jar", "-m", "--module"]),
            ])
            {
                Unknown = UnknownOption.StandsAlone,
            },
            Shorten = JavaProgram.NameOf,
        },
        new("python")
        {
            Options = new OptionTable(
                flags: "bBdEhiIJOPqRsStuvVx?", values: "WX", code: "c", program: "m", words: (OptionKind.Value, ["--check-hash-based-pycs"])),
            Shorten = PythonProgram.NameOf,
            ShortenCode = PythonProgram.NameOfCode,
        },
        new("pypy")
        {
            Options = new OptionTable(
                flags: "bBdEhiIOqRsSuvVx", values: "WX", code: "c", program: "m", words: (OptionKind.Value, ["--jit", "--check-hash-based-pycs"])),
            Shorten = PythonProgram.NameOf,
            ShortenCode = PythonProgram.NameOfCode,
        },
        new("node")
        {
            Aliases = ["nodejs"],
            Options = new OptionTable(words:
            [
                (OptionKind.Code, ["-e", "--eval", "-p", "--print", "-pe", "-i", "--interactive", "--run"]),
                (OptionKind.Value, NodeOptions.Values),
                (OptionKind.Flag, NodeOptions.Flags),
            ])
            {
                Unknown = UnknownOption.CastsDoubt,
            },
            Commands = FrozenSet.Create("inspect"),
            Suffixes = s_javaScript,
        },
        new("bun")
        {
            Options = new OptionTable(words:
            [
                (OptionKind.Code, ["-e", "--eval", "-p", "--print"]),
                (OptionKind.Value,
                [
                    "-c", "--config", "--conditions", "--cwd", "-d", "--define", "--drop", "--env-file", "-F", "--filter", "--import", "-l",
                    "--loader", "--port", "-r", "--preload", "--require", "--shell", "--tsconfig-override",
                ]),
            ])
            {
                Unknown = UnknownOption.CastsDoubt,
            },
            Commands = FrozenSet.Create("run"),
            Suffixes = s_javaScript,
            HasOtherCommands = true,
        },
        new("deno")
        {
            Options = new OptionTable(words:
            [
                (OptionKind.Code, ["--eval", "--eval-file"]),
                (OptionKind.Value,
                [
                    "-c", "--config", "--cert", "--ext", "--host", "--import-map", "-L", "--log-level", "--location", "--port", "--preload",
                    "--seed",
                ]),
            ])
            {
                Unknown = UnknownOption.CastsDoubt,
            },
            Commands = FrozenSet.Create("run", "serve"),
            Suffixes = s_javaScript,
            HasOtherCommands = true,
        },
        new("ruby")
        {
            // The colon is for -W:no-deprecated.
            Options = new OptionTable(
                flags: "acdhlnpsSUvwy", values: "CEIrX", attached: "Fix:", digits: "0TW", code: "e",
                words:
                [
                    (OptionKind.Flag,
                    [
                        "-Ke", "-Kn", "-Ks", "-Ku", "--copyright", "--debug", "--debug-frozen-string-literal", "--jit", "--mjit", "--rjit",
                        "--verbose", "--version", "--yjit", "--yydebug", "--zjit",
                    ]),
                    (OptionKind.Attached, ["--backtrace-limit", "--crash-report", "--dump", "--parser"]),
                    (OptionKind.Value,
                        ["--disable", "--enable", "--encoding", "--external-encoding", "--internal-encoding"]),
                ]),
        },
        new("php")
        {
            // Code, queries, HTTP servers and syntax checks name no program.
            Options = new OptionTable(
                flags: "CeHlmnqsw", values: "cdtz", code: "aBEhirRSv?", program: "fF",
                words:
                [
                    (OptionKind.Code,
                    [
                        "--run", "--process-begin", "--process-code", "--process-end", "--interactive", "--server", "--rf", "--rfunction", "--rc",
                        "--rclass", "--re", "--rextension", "--rz", "--rzendextension", "--ri", "--rextinfo", "--info", "--ini",
                    ]),
                    (OptionKind.Value, ["--define", "--docroot", "--php-ini", "--repeat", "--zend-extension"]),
                    (OptionKind.Flag, ["--no-chdir", "--no-header", "--no-php-ini", "--profile-info", "--syntax-check", "--syntax-highlight", "--strip"]),
                    (OptionKind.Program, ["--file", "--process-file"]),
                ])
            {
                HasProgramBehindDashes = false,
            },
        },
        new("perl")
        {
            // The colon is for -d:NYTProf.
            Options = new OptionTable(flags: "acdfghnpsStTuUvwWX", values: "I", attached: "CDFimMVx:", digits: "0l", code: "eE"),
        },
        new("dotnet")
        {
            Options = new OptionTable(words:
            [
                (OptionKind.Value,
                    ["--additionalprobingpath", "--additional-deps", "--depsfile", "--fx-version", "--roll-forward", "--roll-forward-on-no-candidate-fx", "--runtimeconfig"]),
            ]),
            Commands = FrozenSet.Create("exec"),
            Suffixes = [".dll"],
            HasOtherCommands = true,
            Shorten = AssemblyName,
        },
        new("mono")
        {
            Aliases = ["mono-sgen"],
            Options = new OptionTable(words: (OptionKind.Value, ["--config"])) { Unknown = UnknownOption.StandsAlone },
            Suffixes = [".exe", ".dll"],
            HasOtherCommands = true,
            Shorten = AssemblyName,
        },
        new("lua") { Options = new OptionTable(flags: "EivW", values: "l", code: "e") },
        new("luajit") { Options = new OptionTable(flags: "Eiv", values: "jl", attached: "bO", code: "e") },
        new("tclsh")
        {
            Options = new OptionTable(words: (OptionKind.Value, ["-encoding"])),
        },
        new("R")
        {
            // Rscript runs R with these. A word without a dash is not a script here.
            Options = new OptionTable(words:
            [
                (OptionKind.Code, ["-e", "--args"]),
                (OptionKind.Value, ["-d", "--debugger", "--encoding", "-g", "--gui"]),
                (OptionKind.Program, ["-f", "--file"]),
            ])
            {
                Unknown = UnknownOption.StandsAlone,
            },
            Suffixes = [".R"],
            HasOtherCommands = true,
        },
    ];

    internal static Interpreter? Find(string executable) => Array.Find(All, interpreter => interpreter.IsCalled(executable));

    // /srv/billing/Payment.Api.dll -> Payment.Api; a command of the SDK (dotnet build) is not a program.
    private static string? AssemblyName(ProgramArgument program, Model.ProcessDescription process)
        => ProgramPath.NameOf(program.Text, process, ProgramPath.StemOf);
}
