using System.CommandLine;
using FdExporter.Configuration;

namespace FdExporter.Cli;

/// <summary>A command of the program. It accepts only the given symbols, and lists them in its help.</summary>
internal sealed class Verb : Command
{
    internal Verb(string name, string description, IEnumerable<Symbol> takes, Func<ExporterOptions, ParseResult, Task<int>> run)
        : base(name, description)
    {
        Run = run;
        foreach (Symbol symbol in takes)
        {
            if (symbol is Argument argument)
            {
                Arguments.Add(argument);
            }
            else
            {
                Options.Add((Option)symbol);
            }
        }
    }

    internal Verb(string name, string description, IEnumerable<Symbol> takes, Func<ExporterOptions, ParseResult, int> run)
        : this(name, description, takes, (options, given) => Task.FromResult(run(options, given)))
    {
    }

    /// <summary>Returns the exit code.</summary>
    internal Func<ExporterOptions, ParseResult, Task<int>> Run { get; }
}
