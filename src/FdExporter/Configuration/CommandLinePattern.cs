using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace FdExporter.Configuration;

/// <summary>
/// A regular expression of a <c>cmdline</c> selector, in Go's syntax. Any user of the machine controls the matched text, so
/// the engine must not backtrack: its time is linear in the text.
/// </summary>
internal sealed class CommandLinePattern
{
    /// <summary>Longer patterns are mistakes, and cost time for each process.</summary>
    internal const int MaxLength = 4096;

    /// <summary>Linear time may still be long: a huge pattern times a command line of megabytes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly ImmutableArray<string> _names;

    private CommandLinePattern(Regex regex, ImmutableArray<string> names)
    {
        _regex = regex;
        _names = names;
    }

    /// <summary>The name of each group in the order of the pattern; empty for an unnamed group.</summary>
    internal ImmutableArray<string> GroupNames => _names;

    internal RegexOptions Options => _regex.Options;

    internal static bool TryCreate(string source, [NotNullWhen(true)] out CommandLinePattern? pattern, out string reason)
    {
        pattern = null;
        if (source.Length > MaxLength)
        {
            reason = $"is longer than {MaxLength} characters";
            return false;
        }

        try
        {
            GoRegex go = GoRegex.Translate(source);
            pattern = new CommandLinePattern(
                new Regex(go.Translation, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout),
                go.Names);
            reason = "";
            return true;
        }
        catch (FormatException e)
        {
            reason = e.Message;
            return false;
        }
        catch (RegexParseException e)
        {
            // The exception quotes the translated pattern, which would confuse users; the kind of error is enough.
            reason = e.Error == RegexParseError.NestedQuantifiersNotParenthesized
                ? "a repetition of a repetition"
                : $"not a regular expression ({e.Error})";
            return false;
        }
        catch (NotSupportedException)
        {
            reason = "too large after expanding its repetitions";
            return false;
        }
    }

    /// <param name="matches">
    /// Receives the match of each group, empty if it did not participate. Unnamed groups and the whole match share the empty
    /// name, and the last one wins, as in process-exporter. Null if not needed, which is faster.
    /// </param>
    internal bool IsMatch(string commandLine, Dictionary<string, string>? matches)
    {
        try
        {
            if (matches is null)
            {
                return _regex.IsMatch(commandLine);
            }

            Match match = _regex.Match(commandLine);
            if (!match.Success)
            {
                return false;
            }

            matches[""] = match.Value;
            for (int i = 0; i < _names.Length; i++)
            {
                matches[_names[i]] = match.Groups[GoRegex.GroupName(i)].Value;
            }

            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            // A process that takes a second to match is not the intended one; failing the scan instead would let any user
            // disable the exporter.
            return false;
        }
    }
}
