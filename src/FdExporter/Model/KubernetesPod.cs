using System.Buffers;

namespace FdExporter.Model;

/// <summary>Namespace and name of a Kubernetes pod. One object per pod, shared by its processes.</summary>
internal sealed record KubernetesPod(string Namespace, string Name)
{
    /// <summary>Length of a random suffix and the characters that the controllers use for it. Source: apimachinery, util/rand.</summary>
    private const int SuffixLength = 5;

    /// <summary>Maximum length of a generated name: what is before the random suffix is cut to fit. Source: apiserver, names.SimpleNameGenerator.</summary>
    private const int MaxGeneratedLength = 63;

    private static readonly SearchValues<char> s_suffix = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    /// <summary>A hash of a pod template is a decimal number in these characters.</summary>
    private static readonly SearchValues<char> s_hash = SearchValues.Create("456789bcdf");

    /// <summary><c>shop/payment-7d9f5c6b8-x2x7k</c>, as kubectl takes it with -n shop.</summary>
    internal string FullName { get; } = $"{Namespace}/{Name}";

    /// <summary>The pod's name without the suffixes that its controller adds: stays the same when the pod is replaced.</summary>
    internal string Workload { get; } = WorkloadOf(Name);

    // payment-7d9f5c6b8-x2x7k   Deployment, by its ReplicaSet
    // node-agent-x2x7k          DaemonSet, Job
    // backup-29412345-x2x7k     CronJob, by its Job: minutes since 1970, before Kubernetes 1.21 seconds
    // kafka-0                   StatefulSet
    // etcd-node-1.example.com   static pod: its suffix, the node's name, is not known to be one
    private static string WorkloadOf(string name)
    {
        if (TryCut(name, IsOrdinal, out string workload))
        {
            return workload;
        }

        bool isFull = name.Length == MaxGeneratedLength && IsOf(name.AsSpan(^SuffixLength..), s_suffix);
        if (!TryCut(name, IsSuffix, out workload) && !isFull)
        {
            return name;
        }

        // The end of the hash is cut off too where the name was too long.
        workload = isFull ? name[..^SuffixLength].TrimEnd('-') : workload;
        return TryCut(workload, part => IsHash(part, isFull) || IsTime(part), out string shorter) ? shorter : workload;
    }

    private static bool TryCut(string name, Func<string, bool> isSuffix, out string before)
    {
        int dash = name.LastIndexOf('-');
        bool isCut = dash > 0 && isSuffix(name[(dash + 1)..]);
        before = isCut ? name[..dash] : name;
        return isCut;
    }

    private static bool IsOrdinal(string part) => part.Length is > 0 and < SuffixLength && !part.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsSuffix(string part) => part.Length == SuffixLength && IsOf(part, s_suffix);

    private static bool IsHash(string part, bool isCut) => part.Length is > 0 and <= 10 && (isCut || part.Length >= 6) && IsOf(part, s_hash);

    private static bool IsTime(string part) => part.Length is 8 or 10 && !part.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsOf(ReadOnlySpan<char> part, SearchValues<char> characters) => !part.ContainsAnyExcept(characters);
}
