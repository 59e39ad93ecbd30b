using System.Globalization;
using FdExporter.Tests.Deploy;
using YamlDotNet.RepresentationModel;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The exporter as a DaemonSet has it, without a runtime for containers: the same user, capabilities, namespaces, mounts and flags
/// on this machine's kernel. Not the image, nor AppArmor, nor the runtime's seccomp profile.
/// </summary>
internal sealed class Pod : IAsyncDisposable
{
    // Only loopback is there; a node's address is another than localhost's.
    private const string Address = "127.0.0.2";

    private readonly PublicCopy _copy;
    private readonly Child _child;
    private readonly int _port;

    private Pod(PublicCopy copy, Child child, int port)
    {
        _copy = copy;
        _child = child;
        _port = port;
    }

    internal string Output => _child.Output;

    internal static YamlNode SpecOf(string manifests) => Manifests.Only(manifests, "DaemonSet")["spec"]["template"]["spec"];

    internal static async Task<Pod> StartAsync(YamlNode spec)
    {
        PublicCopy copy = new();
        try
        {
            await copy.MakeAsync();
            int port = FreePort.Find();
            Child child = Child.Start("unshare", Arguments(spec, copy, port));
            Pod pod = new(copy, child, port);
            foreach (string address in new[] { Address, "localhost" })
            {
                await child.WaitForLineAsync($"msg=\"Listening on\" address=http://{address}:{port}");
            }

            return pod;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>What its own <c>check</c> says, which looks and ends.</summary>
    internal static async Task<(int ExitCode, string Output)> CheckAsync(YamlNode spec)
    {
        using PublicCopy copy = new();
        await copy.MakeAsync();
        (int exitCode, string output, string error) = await Child.RunAsync("unshare", null, [.. Arguments(spec, copy, FreePort.Find()), "check"]);
        return (exitCode, output + error);
    }

    /// <summary>An answer to somebody in the pod's network, such as the kubelet's probe.</summary>
    internal async Task<string> GetAsync(string path)
    {
        int inside = _child.Pid;
        (int exitCode, string output, string error) = await Child.RunAsync(
            "nsenter", null, $"--net=/proc/{inside}/ns/net", "curl", "--silent", "--show-error", "--fail", $"http://{Address}:{_port}{path}");
        Assert.True(exitCode == 0, $"{path}: {error}\n{_child.Output}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        _copy.Dispose();
    }

    /// <summary>For unshare.</summary>
    private static IEnumerable<string> Arguments(YamlNode spec, PublicCopy copy, int port)
    {
        YamlNode container = spec["containers"][0];
        YamlNode security = container["securityContext"];
        Assert.Equal("[ ALL ]", security["capabilities"]["drop"].ToString());
        string capabilities = string.Concat(((YamlMappingNode)security["capabilities"]).Children.TryGetValue("add", out YamlNode? add)
            ? ((YamlSequenceNode)add).Select(static each => $",+{each.ToString().ToLowerInvariant()}")
            : []);
        YamlNode mount = ((YamlSequenceNode)container["volumeMounts"]).Single(static each => each["name"].ToString() == "proc");
        string proc = Directory.CreateDirectory(Path.Combine(copy.Folder, "proc")).FullName;
        bool ownNetwork = spec["hostNetwork"].ToString() == "false";
        bool ownProcesses = spec["hostPID"].ToString() == "false";
        Assert.Equal(("true", "true"), (mount["readOnly"].ToString(), security["readOnlyRootFilesystem"].ToString()));
        Assert.Equal("false", security["allowPrivilegeEscalation"].ToString());
        string prepare = "mount --rbind /proc \"$0\" && mount -o remount,bind,ro \"$0\" && mount -o remount,bind,ro /"
            + (ownProcesses ? " && mount -t proc proc /proc" : "")
            + (ownNetwork ? " && ip link set lo up" : "")
            + " && exec setpriv \"$@\"";
        return
        [
            "--mount",
            .. ownNetwork ? ["--net"] : Array.Empty<string>(),
            .. ownProcesses ? ["--pid", "--fork", "--kill-child"] : Array.Empty<string>(),
            "sh", "-c", prepare, proc,
            $"--reuid={security["runAsUser"]}",
            $"--regid={security["runAsGroup"]}",
            "--clear-groups",
            "--inh-caps=-all",
            $"--bounding-set=-all{capabilities}",
            "--no-new-privs",
            copy.Binary,
            .. ((YamlSequenceNode)container["args"]).Select(each => each.ToString()
                .Replace(mount["mountPath"].ToString(), proc, StringComparison.Ordinal)
                .Replace("$(POD_IP)", Address, StringComparison.Ordinal)
                .Replace(container["ports"][0]["containerPort"].ToString(), port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
        ];
    }
}
