using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The name of a process's group without rules. In a Kubernetes pod with a known name: <c>namespace/workload/container</c>, so that
/// the Java services of two teams on a node are two groups, and a pod that is replaced stays in its group. The program stands for a
/// container with an unknown name. Elsewhere: <see cref="ProgramName"/>.
/// </summary>
/// <remarks>
/// A name with two slashes always comes from the kubelet, so alerts can be routed by its first part. A program that chooses such a
/// name gets its slashes escaped.
/// </remarks>
internal static class DefaultName
{
    internal static string Of(ProcessDescription process)
    {
        CgroupOwner owner = process.Owner;
        return owner.Kubernetes is { } pod
            ? $"{pod.Namespace}/{pod.Workload}/{(owner.ContainerName.Length > 0 ? owner.ContainerName : Escape(ProgramName.Of(process)))}"
            : ProgramName.Of(process) is var name && name.AsSpan().Count('/') == 2 ? Escape(name) : name;
    }

    private static string Escape(string name) => name.Replace("/", @"\x2f", StringComparison.Ordinal);
}
