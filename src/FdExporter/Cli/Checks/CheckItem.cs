using System.Text.Json.Nodes;

namespace FdExporter.Cli.Checks;

/// <summary>The result of one check: a line of the table.</summary>
/// <param name="Check">The name of the check, one word. Stable, because programs read it.</param>
/// <param name="Found">The result, in a few words.</param>
internal sealed record CheckItem(string Check, CheckStatus Status, string Found)
{
    /// <summary>
    /// What to grant or change, and the effect; empty if there is nothing to do. Items with the same cause have the same advice.
    /// Text for copying is on a line of its own.
    /// </summary>
    internal string Advice { get; init; } = "";

    /// <summary>The numbers and names in <see cref="Found"/>.</summary>
    internal JsonObject Facts { get; init; } = [];
}
