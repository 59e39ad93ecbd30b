using System.Diagnostics;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>deploy/kubernetes rendered by kubectl, and deploy/helm by helm. tests/kubernetes/install installs both.</summary>
internal static class Manifests
{
    private static readonly string s_tools = Path.Combine(Repository.Root, "tests", "kubernetes");

    internal static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "kubernetes");

    internal static string Chart { get; } = Path.Combine(Repository.Root, "deploy", "helm", "fd-exporter");

    /// <param name="folder">In <see cref="Folder"/>.</param>
    internal static string Kustomize(string folder) => Succeed(Path.Combine(s_tools, "bin", "kubectl"), null, "kustomize", Path.Combine(Folder, folder));

    /// <summary>A user's overlay of one of these and of components.</summary>
    internal static string Kustomize(string overlay, params string[] components)
        => components.Length == 0
            ? Kustomize(overlay)
            : KustomizeFile($"resources: [{{0}}/{overlay}]\ncomponents: [{string.Join(", ", components.Select(static each => $"{{0}}/components/{each}"))}]\n");

    /// <param name="kustomization">A user's own, outside of this repository; {0} stands for the path to <see cref="Folder"/>.</param>
    internal static string KustomizeFile(string kustomization)
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "kustomization.yaml"),
                kustomization.Replace("{0}", Path.GetRelativePath(folder, Folder), StringComparison.Ordinal));
            return Kustomize(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The chart's objects in the namespace fd-exporter, under the name fd-exporter.</summary>
    internal static string Helm(params string[] arguments)
        => Succeed(Path.Combine(s_tools, "bin", "helm"), null, ["template", "fd-exporter", Chart, "--namespace=fd-exporter", .. arguments]);

    internal static (int ExitCode, string Output, string Error) RunHelm(params string[] arguments)
        => Run(Path.Combine(s_tools, "bin", "helm"), null, arguments);

    /// <summary>The objections of the API server, one per line; empty if there are none.</summary>
    internal static string Findings(string manifests)
    {
        (_, string output, string error) = Run("node", manifests, Path.Combine(s_tools, "validate.mjs"));
        return output + error;
    }

    internal static YamlNode[] Parse(string manifests)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(manifests));
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    /// <summary>The only object of this kind.</summary>
    internal static YamlNode Only(string manifests, string kind)
        => Parse(manifests).Single(document => document["kind"].ToString() == kind);

    /// <summary>Each value with its path, one per line, whatever the order of the keys.</summary>
    internal static string Flat(YamlNode node, string path = "") => node switch
    {
        YamlMappingNode { Children.Count: > 0 } mapping => string.Concat(mapping.Children
            .OrderBy(static each => each.Key.ToString(), StringComparer.Ordinal)
            .Select(each => Flat(each.Value, $"{path}.{each.Key}"))),
        YamlSequenceNode { Children.Count: > 0 } list => string.Concat(list.Select((each, i) => Flat(each, $"{path}[{i}]"))),
        _ => $"{path}: {node}\n",
    };

    private static string Succeed(string program, string? input, params string[] arguments)
    {
        (int exitCode, string output, string error) = Run(program, input, arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    private static (int ExitCode, string Output, string Error) Run(string program, string? input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
