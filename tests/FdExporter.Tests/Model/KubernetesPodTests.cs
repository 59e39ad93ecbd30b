using FdExporter.Model;

namespace FdExporter.Tests.Model;

public class KubernetesPodTests
{
    [Theory]

    // Deployment, by its ReplicaSet.
    [InlineData("payment-7d9f5c6b8-x2x7k", "payment")]
    [InlineData("coredns-5d78c9869d-8vz2m", "coredns")]
    [InlineData("web-2-6799fc88d8-4bcdf", "web-2")]

    // DaemonSet, Job.
    [InlineData("node-agent-x2x7k", "node-agent")]
    [InlineData("kube-proxy-zzzzz", "kube-proxy")]

    // CronJob: minutes, before Kubernetes 1.21 seconds.
    [InlineData("backup-29412345-x2x7k", "backup")]
    [InlineData("backup-1764540000-x2x7k", "backup")]

    // StatefulSet.
    [InlineData("kafka-0", "kafka")]
    [InlineData("kafka-broker-1234", "kafka-broker")]

    // Not cut: no controller writes these.
    [InlineData("payment", "payment")]
    [InlineData("etcd-node-1.example.com", "etcd-node-1.example.com")]
    [InlineData("my-nginx", "my-nginx")]
    [InlineData("a-bcde", "a-bcde")]
    [InlineData("job-123456-x2x7k", "job-123456")]
    [InlineData("-x2x7k", "-x2x7k")]
    [InlineData("0", "0")]
    [InlineData("", "")]

    // Cut at 58 characters before the random ones: with a whole hash, within the hash, within the name.
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-7d9f5c6b8x2x7k", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-7d9f5c6b8x2x7k")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-7d9f5c6b8x2x7k", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-7d9x2x7k", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x2x7k", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax2x7k", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Workload_IsTheNameWithoutSuffixes(string name, string workload) => Assert.Equal(workload, new KubernetesPod("shop", name).Workload);
}
