using System.Collections.Concurrent;

namespace FdExporter.Configuration;

/// <summary>
/// Selects the names that have series of their own: those that match the include expression, if there is one, and do not match the exclude
/// expression. Expressions use RE2's syntax and are not anchored, as in node_exporter. Thread-safe.
/// </summary>
internal sealed class NameFilter
{
    /// <summary>Maximum number of cached names. Beyond it the cache is cleared, since programs can use any number of names.</summary>
    private const int MostKnown = 10_000;

    private readonly CommandLinePattern? _include;
    private readonly CommandLinePattern? _exclude;
    private readonly ConcurrentDictionary<string, bool> _known = [];

    private NameFilter(CommandLinePattern? include, CommandLinePattern? exclude) => (_include, _exclude) = (include, exclude);

    internal static NameFilter All { get; } = new(null, null);

    /// <summary>A null or empty expression means none.</summary>
    /// <exception cref="FormatException">An expression is invalid; its flag must be validated first.</exception>
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
