using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// What axe says about a page. It is inserted once for each page, and runs there: <c>RunAxe</c> of Deque.AxeCore.Playwright inserts it
/// again for each run, and opens a second page for the result.
/// </summary>
/// <param name="Violations">Each with the elements.</param>
/// <param name="Passes">The rules that found elements, all of them good.</param>
internal sealed record Axe(string[] Violations, string[] Passes)
{
    /// <summary>The rules whose result depends on colours.</summary>
    internal static readonly string[] ColorRules = ["color-contrast", "link-in-text-block"];

    private static readonly string s_script = new BundledAxeScriptProvider().GetScript();

    /// <param name="rules">Null for all.</param>
    internal static async Task<Axe> RunAsync(IPage page, string[]? rules)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(s_script);
        }

        string[][] result = await page.EvaluateAsync<string[][]>(
            """
            async rules => {
                const result = await axe.run(document, { resultTypes: ['violations'], ...(rules ? { runOnly: { type: 'rule', values: rules } } : {}) });
                return [
                    result.violations.map(each => `${each.id}: ${each.help} ${each.nodes.map(node => node.html).join(', ')}`),
                    result.passes.map(each => each.id),
                ];
            }
            """,
            rules);
        return new Axe(result[0], result[1]);
    }
}
