using System.Globalization;
using FdExporter.Tests.Deploy;
using YamlDotNet.RepresentationModel;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The exporter as in a DaemonSet, without a container runtime: the same user, capabilities, namespaces, mounts and flags
/// on this machine's kernel. It does not test the image, AppArmor, or the runtime's seccomp profile.
/// </summary>
internal sealed class Pod : IAsyncDisposable
{
    // Only loopback exists; the node's address differs from localhost's.
    private const string Address = "127.0.0.2";

    private readonly PublicCopy _copy = new();
    private readonly int _port = FreePort.Find();
    private readonly YamlNode _spec;
    private readonly YamlNode _container;
    private Child? _child;

    private Pod(YamlNode spec)
    {
        _spec = spec;
        _container = spec["containers"][0];
    }

    internal string Output => _child!.Output;

    private string Proc => Path.Combine(_copy.Folder, "proc");

    private string Secret => Path.Combine(_copy.Folder, "secret");

    internal static YamlNode SpecOf(string manifests) => Manifests.Only(manifests, "DaemonSet")["spec"]["template"]["spec"];

    /// <param name="secret">Files of the Secret that the pod mounts, if it does.</param>
    internal static async Task<Pod> StartAsync(YamlNode spec, params IEnumerable<string> secret)
    {
        Pod pod = new(spec);
        try
        {
            await pod.PrepareAsync(secret);
            pod._child = Child.Start("unshare", pod.Unshare());
            string scheme = secret.Any() ? "https" : "http";
            foreach (string address in new[] { Address, "localhost" })
            {
                await pod._child.WaitForLineAsync($"msg=\"Listening on\" address={scheme}://{address}:{pod._port}");
            }

            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    /// <summary>The output of its own <c>check</c>.</summary>
    internal static async Task<(int ExitCode, string Output)> CheckAsync(YamlNode spec)
    {
        await using Pod pod = new(spec);
        await pod.PrepareAsync([]);
        (int exitCode, string output, string error) = await Child.RunAsync("unshare", null, [.. pod.Unshare(), "check"]);
        return (exitCode, output + error);
    }

    /// <summary>Sends the kubelet's probe from where the kubelet would.</summary>
    /// <param name="probe">Such as livenessProbe.</param>
    internal async Task<(int ExitCode, string Output)> ProbeAsync(string probe)
    {
        YamlMappingNode asked = (YamlMappingNode)_container[probe];
        if (asked.Children.TryGetValue("exec", out YamlNode? exec))
        {
            string[] command = [.. ((YamlSequenceNode)exec["command"]).Select(Filled)];
            Assert.Equal("/usr/bin/fd-exporter", command[0]);
            (int exitCode, string output, string error) = await InsideAsync("setpriv", [.. Rights(), _copy.Binary, .. command[1..]]);
            return (exitCode, output + error);
        }

        Assert.Equal("metrics", asked["httpGet"]["port"].ToString());
        return (0, await GetAsync(asked["httpGet"]["path"].ToString()));
    }

    /// <summary>The answer to a client in the pod's network.</summary>
    internal async Task<string> GetAsync(string path)
    {
        (int exitCode, string output, string error) = await InsideAsync("curl", "--silent", "--show-error", "--fail", $"http://{Address}:{_port}{path}");
        Assert.True(exitCode == 0, $"{path}: {error}\n{Output}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            // With its own pid namespace it is the child of unshare, which does not pass SIGTERM on, and whose end it outlives:
            // the signal that --kill-child arms is disarmed when the user changes.
            string children = _child.HasExited ? "" : File.ReadAllText($"/proc/{_child.Pid}/task/{_child.Pid}/children");
            foreach (string inner in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Child.Signal(int.Parse(inner, CultureInfo.InvariantCulture), 15);
            }

            await _child.DisposeAsync();
        }

        _copy.Dispose();
    }

    private async Task PrepareAsync(IEnumerable<string> secret)
    {
        await _copy.MakeAsync();
        Directory.CreateDirectory(Proc);
        Directory.CreateDirectory(Secret);
        foreach (string file in secret)
        {
            string group = _spec["securityContext"]["fsGroup"].ToString();
            (int exitCode, _, string error) = await Child.RunAsync("install", null, "--mode=0440", $"--group={group}", file, Secret);
            Assert.True(exitCode == 0, error);
        }
    }

    private Task<(int ExitCode, string Output, string Error)> InsideAsync(string program, params IEnumerable<string> arguments)
        => Child.RunAsync("nsenter", null, [$"--net=/proc/{_child!.Pid}/ns/net", $"--mount=/proc/{_child.Pid}/ns/mnt", $"--pid=/proc/{_child.Pid}/ns/pid_for_children", program, .. arguments]);

    private IEnumerable<string> Unshare()
    {
        YamlNode mount = ((YamlSequenceNode)_container["volumeMounts"]).Single(static each => each["name"].ToString() == "proc");
        bool ownNetwork = _spec["hostNetwork"].ToString() == "false";
        bool ownProcesses = _spec["hostPID"].ToString() == "false";
        Assert.Equal(("true", "true"), (mount["readOnly"].ToString(), _container["securityContext"]["readOnlyRootFilesystem"].ToString()));
        string prepare = "mount --rbind /proc \"$0\" && mount -o remount,bind,ro \"$0\" && mount -o remount,bind,ro /"
            + (ownProcesses ? " && mount -t proc proc /proc" : "")
            + (ownNetwork ? " && ip link set lo up" : "")
            + " && exec setpriv \"$@\"";
        return
        [
            "--mount",
            .. ownNetwork ? ["--net"] : Array.Empty<string>(),
            .. ownProcesses ? ["--pid", "--fork", "--kill-child"] : Array.Empty<string>(),
            "sh", "-c", prepare, Proc,
            .. Rights(),
            _copy.Binary,
            .. ((YamlSequenceNode)_container["args"]).Select(Filled),
        ];
    }

    /// <summary>For setpriv.</summary>
    private IEnumerable<string> Rights()
    {
        YamlNode security = _container["securityContext"];
        YamlMappingNode capabilities = (YamlMappingNode)security["capabilities"];
        Assert.Equal(("false", "[ ALL ]"), (security["allowPrivilegeEscalation"].ToString(), capabilities["drop"].ToString()));
        string added = capabilities.Children.TryGetValue("add", out YamlNode? add)
            ? string.Concat(((YamlSequenceNode)add).Select(static each => $",+{each.ToString().ToLowerInvariant()}"))
            : "";
        return
        [
            $"--reuid={security["runAsUser"]}",
            $"--regid={security["runAsGroup"]}",
            ((YamlMappingNode)_spec).Children.TryGetValue("securityContext", out YamlNode? pod) ? $"--groups={pod["fsGroup"]}" : "--clear-groups",
            "--inh-caps=-all",
            $"--bounding-set=-all{added}",
            "--no-new-privs",
        ];
    }

    /// <summary>A flag with the paths and the port of this test.</summary>
    private string Filled(YamlNode flag) => flag.ToString()
        .Replace("/host/proc", Proc, StringComparison.Ordinal)
        .Replace("/etc/fd-exporter/web", Secret, StringComparison.Ordinal)
        .Replace("$(POD_IP)", Address, StringComparison.Ordinal)
        .Replace(_container["ports"][0]["containerPort"].ToString(), _port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
