namespace FdExporter.Model;

/// <summary>
/// Owner of a process according to its control group: systemd unit, container, Kubernetes pod. Each is empty if there is none or the path
/// has no known form.
/// </summary>
/// <param name="Unit">For example <c>payment.service</c> or <c>session-4.scope</c>.</param>
/// <param name="Container">The first 12 digits of the container ID, as docker ps shows it; for LXC and nspawn the name.</param>
/// <param name="Pod">The UID of the Kubernetes pod, with dashes; for podman the first 12 digits of the pod ID.</param>
internal sealed record CgroupOwner(string Unit, string Container, string Pod)
{
    internal static readonly CgroupOwner None = new("", "", "");

    /// <summary>Namespace and name of the Kubernetes pod; null if unknown.</summary>
    internal KubernetesPod? Kubernetes { get; init; }

    /// <summary>Name of the container in its pod; empty if unknown.</summary>
    internal string ContainerName { get; init; } = "";

    /// <summary>The most specific of them for a column: the pod by name, else by UID, the container, the unit.</summary>
    internal string Place => Kubernetes is { } named ? named.FullName : Pod.Length > 0 ? Pod : Container.Length > 0 ? Container : Unit;
}
