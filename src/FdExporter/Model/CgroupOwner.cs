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
}
