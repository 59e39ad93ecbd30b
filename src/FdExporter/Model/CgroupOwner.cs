namespace FdExporter.Model;

/// <summary>
/// Who runs a process, as its control group tells: the systemd unit, the container, the Kubernetes pod. Each is empty
/// where there is none or the path has no known shape.
/// </summary>
/// <param name="Unit">Such as <c>payment.service</c> or <c>session-4.scope</c>.</param>
/// <param name="Container">The first 12 digits of the container's id, as docker ps shows it; for LXC and nspawn its name.</param>
/// <param name="Pod">The uid of the Kubernetes pod, with dashes; for podman the first 12 digits of the pod's id.</param>
internal sealed record CgroupOwner(string Unit, string Container, string Pod)
{
    internal static readonly CgroupOwner None = new("", "", "");
}
