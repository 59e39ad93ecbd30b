using System.Text.Json;
using FdExporter.Configuration;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Configuration;

/// <summary>Our reading of Go's regular expressions compared with Go itself, on random patterns from Data/go-regexp.go.</summary>
public class GoRegexCorpusTests
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private static readonly string[] s_texts = ["", "a", "ab A\n", "aab-B_1", "(a)[b]{2}:", "\u00e9 x"];

    private static readonly IReadOnlyList<GoPattern> s_corpus =
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "FdExporter.Tests", "Configuration", "Data", "go-regexp.jsonl"))
            .Select(static line => JsonSerializer.Deserialize<GoPattern>(line, s_json)!)];

    [Fact]
    public void WhatGoRefuses_IsRefused()
        => Assert.Empty(s_corpus
            .Where(static go => !go.Accepts && CommandLinePattern.TryCreate(go.Pattern, out _, out _))
            .Select(static go => go.Pattern));

    /// <summary>Rare patterns: a group name used twice, a repetition after a change of flags, a repetition of that.</summary>
    [Fact]
    public void WhatGoAccepts_IsRefusedOnlyWhereItSays()
    {
        List<string> refused = [];
        foreach (GoPattern go in s_corpus.Where(static go => go.Accepts))
        {
            if (!CommandLinePattern.TryCreate(go.Pattern, out _, out string reason)
                && reason is not ("nothing to repeat" or "nothing to repeat" or "a repetition of a repetition" or "too large after expanding its repetitions")
                && !reason.StartsWith("two groups named", StringComparison.Ordinal))
            {
                refused.Add($"{go.Pattern}: {reason}");
            }
        }

        Assert.Empty(refused);
        Assert.InRange(s_corpus.Count(static go => go.Accepts && CommandLinePattern.TryCreate(go.Pattern, out _, out _)), 300, s_corpus.Count);
    }

    [Fact]
    public void WhatBothAccept_MatchesAlikeAndGroupsHoldTheSame()
    {
        List<string> different = [];
        foreach (GoPattern go in s_corpus.Where(static go => go.Accepts))
        {
            if (!CommandLinePattern.TryCreate(go.Pattern, out CommandLinePattern? pattern, out _))
            {
                continue;
            }

            Assert.Equal(go.Names ?? [], pattern.GroupNames);
            foreach ((int index, string text) in s_texts.Index())
            {
                string expected = go.Matches![index] is { } groups
                    ? string.Join('|', groups.Skip(1).Where((_, group) => go.Names![group].Length > 0))
                    : "no match";
                Dictionary<string, string> matches = [];
                string actual = pattern.IsMatch(text, matches)
                    ? string.Join('|', pattern.GroupNames.Where(static name => name.Length > 0).Select(name => matches[name]))
                    : "no match";
                if (actual != expected)
                {
                    different.Add($"{go.Pattern} on {text}: {actual} instead of {expected}");
                }
            }
        }

        Assert.Empty(different);
    }

    private sealed record GoPattern(string Pattern, bool Accepts, string[]?[]? Matches, string[]? Names);
}
