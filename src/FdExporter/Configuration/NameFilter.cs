using System.Collections.Concurrent;

namespace FdExporter.Configuration;

/// <summary>
/// Which names have series of their own: those that the one expression matches, if there is one, and the other does not.
/// Expressions are RE2's and not anchored, as in node_exporter. Any thread may ask.
/// </summary>
internal sealed class NameFilter
{
    /// <summary>Names that are remembered; beyond that all are forgotten, as programs may call themselves anything.</summary>
    private const int MostKnown = 10_000;

    private readonly CommandLinePattern? _include;
    private readonly CommandLinePattern? _exclude;
    private readonly ConcurrentDictionary<string, bool> _known = [];

    private NameFilter(CommandLinePattern? include, CommandLinePattern? exclude) => (_include, _exclude) = (include, exclude);

    internal static NameFilter All { get; } = new(null, null);

    /// <summary>Null or an empty expression is none.</summary>
    /// <exception cref="FormatException">One of them is no expression: its flag has not checked it.</exception>
    internal static NameFilter Of(string? include, string? exclude) => new(PatternOf(include), PatternOf(exclude));

    internal bool Admits(string name)
    {
        if (_include is null && _exclude is null)
        {
            return true;
        }

        if (_known.TryGetValue(name, out bool admits))
        {
            return admits;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        return _known[name] = _include?.IsMatch(name, null) != false && _exclude?.IsMatch(name, null) != true;
    }

    private static CommandLinePattern? PatternOf(string? text)
        => string.IsNullOrEmpty(text) ? null
            : CommandLinePattern.TryCreate(text, out CommandLinePattern? pattern, out string reason) ? pattern
            : throw new FormatException(reason);
}
