using System.Text.Json.Nodes;

namespace FdExporter.Cli.Checks;

/// <summary>One thing that was looked at: a line of the table.</summary>
/// <param name="Check">What, in one word; stable, for programs.</param>
/// <param name="Found">How it is, in a few words.</param>
internal sealed record CheckItem(string Check, CheckStatus Status, string Found)
{
    /// <summary>
    /// What to grant or change, and with what effect; empty where there is nothing. Items of one cause have one advice. What
    /// is to be copied is a line of its own.
    /// </summary>
    internal string Advice { get; init; } = "";

    /// <summary>The numbers and names that <see cref="Found"/> is made of.</summary>
    internal JsonObject Facts { get; init; } = [];
}
