using System.Diagnostics;
using System.Text.RegularExpressions;
using FdExporter.Accounts.Naming;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Accounts.Naming;

/// <summary>Compares the table of node's options with the installed node.</summary>
[Needs("node")]
public partial class NodeOptionsTests
{
    [Fact]
    public async Task Options_WithAValue_AreThoseOfNodesHelp()
    {
        using Process node = Process.Start(new ProcessStartInfo("node", ["--help"]) { RedirectStandardOutput = true })!;
        string help = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string[] withValue = [.. WithValue().Matches(help).SelectMany(static match => match.Groups[1].Value.Split(", "))];
        Assert.Contains("--unhandled-rejections", withValue);
        Assert.Contains("-e", withValue);

        OptionTable options = Interpreters.Find("node")!.Options;
        Assert.Empty(withValue.Except(options.ValueOptions).Except(options.CodeOptions));
        Assert.Empty(NodeOptions.Flags.Intersect(withValue));
    }

    //   -e, --eval=...              evaluate script
    //   --debug-port, --inspect-port=[host:]port
    [GeneratedRegex(@"^  (-[-\w., ]+)=(\.\.\.|\[host)", RegexOptions.Multiline)]
    private static partial Regex WithValue();
}
