using System.Text;
using FdExporter.Linux.Files;
using FdExporter.Model;

namespace FdExporter.Scanning.Pods;

/// <summary>
/// Names of pods and containers on a Kubernetes node, without its API: from the names in <c>/var/log/pods</c>, and in
/// <c>containers</c> beside it. The kubelet makes both for its logs; no log is read. They are listed when a process of an unknown
/// pod or container appears, at most once in <see cref="s_interval"/>. What has no certain name keeps none.
/// </summary>
/// <remarks>
/// The second folder connects the ID of a container to its name. Without it a container has a name only if it is the only one in its
/// pod, and the process is not the pod's sandbox or its monitor, which have IDs of their own and no log.
/// </remarks>
internal sealed class PodNames
{
    private const int MostPods = 10_000;
    private const int MostContainers = 50_000;

    /// <summary>A younger process may be read before the kubelet has made the link of its container.</summary>
    private static readonly TimeSpan s_young = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    /// <summary>Listed again for older processes: a name that was missing when they started.</summary>
    private static readonly TimeSpan s_slowInterval = TimeSpan.FromMinutes(5);

    /// <summary>As for user names: a disk that does not answer must not stop a scan.</summary>
    private static readonly FileThread s_shared = new(TimeSpan.FromSeconds(1));

    private static readonly Listing s_none = new([], null, null);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly FileThread? _files;
    private volatile Listing? _listing;
    private long _listedAt;

    /// <param name="folder">The pods' log folder, <c>--path.podlogs</c>.</param>
    /// <param name="files">Thread for listing it; null for the shared one.</param>
    internal PodNames(string folder, TimeProvider time, FileThread? files = null)
    {
        _folder = folder;
        _time = time;
        _files = files;
    }

    /// <summary>The folder of the containers' links.</summary>
    internal static string ContainersBeside(string folder) => Path.Combine(Path.GetDirectoryName(folder.TrimEnd('/')) ?? "/", "containers");

    /// <summary>Adds the names of pod and container to the owner of a process.</summary>
    /// <param name="comm">Command name of the process.</param>
    /// <param name="age">Time since it started.</param>
    /// <param name="mayComeLater">Whether a name is missing that the kubelet may still be about to write.</param>
    internal CgroupOwner Complete(CgroupOwner owner, string comm, TimeSpan age, out bool mayComeLater)
    {
        mayComeLater = false;
        if (!PodLogFolder.IsUid(owner.Pod))
        {
            return owner;
        }

        bool isYoung = age < s_young;
        CgroupOwner named = Find(owner, comm);
        if (named.ContainerName.Length == 0 && MayListAgain(isYoung))
        {
            List();
            named = Find(owner, comm);
        }

        mayComeLater = isYoung && named.ContainerName.Length == 0 && _listing?.Pods.Count > 0;
        return named;
    }

    private CgroupOwner Find(CgroupOwner owner, string comm)
    {
        if (_listing is not { } listing || !listing.Pods.TryGetValue(owner.Pod, out KubernetesPod? pod))
        {
            return owner;
        }

        string? container = null;
        if (listing.Containers is { } containers)
        {
            container = containers.TryGetValue(owner.Container, out (KubernetesPod Pod, string Name) known) && known.Pod == pod ? known.Name : null;
        }
        else if (owner.Container.Length > 0 && comm is not ("pause" or "pod" or "conmon" or "conmonrs"))
        {
            container = listing.OnlyContainers?.GetValueOrDefault(owner.Pod);
        }

        return owner with { Kubernetes = pod, ContainerName = container ?? "" };
    }

    private bool MayListAgain(bool isYoung) => _listing is null || _time.GetElapsedTime(_listedAt) >= (isYoung ? s_interval : s_slowInterval);

    private void List()
    {
        _listedAt = _time.GetTimestamp();
        try
        {
            _listing = (_files ?? s_shared).Run(ReadFolders);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            // Usually there is none: not a node. What is known stays.
            _listing ??= s_none;
        }
    }

    private Listing ReadFolders()
    {
        Dictionary<string, KubernetesPod> pods = new(StringComparer.Ordinal);
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        foreach (byte[] folder in FolderNames.Of(_folder, MostPods))
        {
            if (PodLogFolder.TryParse(folder, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> uid))
            {
                string key = Printable.NameOf(uid);
                pods[key] = new KubernetesPod(Printable.NameOf(ns), Printable.NameOf(pod));
                folders[key] = Path.Combine(_folder, Encoding.UTF8.GetString(folder));
            }
        }

        Dictionary<string, (KubernetesPod, string)>? containers = TryReadContainers();
        return new Listing(pods, containers, containers is null ? ReadOnlyContainers(folders) : null);
    }

    private Dictionary<string, (KubernetesPod Pod, string Name)>? TryReadContainers()
    {
        List<byte[]> links;
        try
        {
            links = FolderNames.Of(ContainersBeside(_folder), MostContainers);
        }
        catch (IOException)
        {
            return null;
        }

        Dictionary<string, (KubernetesPod, string)> containers = new(StringComparer.Ordinal);
        foreach (byte[] link in links)
        {
            if (ContainerLogLink.TryParse(link, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> container, out ReadOnlySpan<byte> id))
            {
                containers[Printable.NameOf(id[..ContainerLogLink.ShortIdLength])] = (new KubernetesPod(Printable.NameOf(ns), Printable.NameOf(pod)), Printable.NameOf(container));
            }
        }

        return containers;
    }

    /// <summary>By the pod's UID. A container that has ended keeps its folder.</summary>
    private static Dictionary<string, string> ReadOnlyContainers(Dictionary<string, string> folders)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach ((string uid, string folder) in folders)
        {
            try
            {
                if (FolderNames.Of(folder, 2) is [byte[] only])
                {
                    names[uid] = Printable.NameOf(only);
                }
            }
            catch (IOException)
            {
                // The pod was deleted meanwhile, or access is denied: its container has no name.
            }
        }

        return names;
    }

    /// <param name="Pods">By UID.</param>
    /// <param name="Containers">By the first digits of the ID; null if the folder of the links cannot be read.</param>
    /// <param name="OnlyContainers">Only without <paramref name="Containers"/>: of pods with a single container, by the pod's UID.</param>
    private sealed record Listing(
        Dictionary<string, KubernetesPod> Pods, Dictionary<string, (KubernetesPod Pod, string Name)>? Containers, Dictionary<string, string>? OnlyContainers);
}
