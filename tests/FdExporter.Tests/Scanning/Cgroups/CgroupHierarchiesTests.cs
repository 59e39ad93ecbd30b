using System.Text;
using CsCheck;
using FdExporter.Model;
using FdExporter.Scanning.Cgroups;

namespace FdExporter.Tests.Scanning.Cgroups;

/// <summary>Complete cgroup files, as hosts and runtimes of each kind write them.</summary>
public class CgroupHierarchiesTests
{
    private const string Id = "15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9";
    private const string Docker = "/docker/" + Id;
    private const string PodUid = "c8bad552-5c99-4d4f-b71c-c426c0cde014";
    private const string Kubepods = "/kubepods/burstable/pod" + PodUid + "/" + Id;
    private const string KubepodsSlice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podc8bad552_5c99_4d4f_b71c_c426c0cde014.slice/cri-containerd-" + Id + ".scope";

    [Theory]

    // Docker's cgroupfs driver: hybrid, v1 only, v2 only.
    [InlineData("12:memory:" + Docker + "\n1:name=systemd:" + Docker + "\n0::/system.slice/containerd.service\n", "", true, false, Docker)]
    [InlineData("12:memory:" + Docker + "\n4:cpu,cpuacct:" + Docker + "\n1:name=systemd:" + Docker + "\n", "", true, false, Docker)]
    [InlineData("0::" + Docker + "\n", "", true, false, Docker)]

    // Its systemd driver, all alike.
    [InlineData("3:pids:/system.slice/docker-" + Id + ".scope\n1:name=systemd:/system.slice/docker-" + Id + ".scope\n0::/system.slice/docker-" + Id + ".scope\n", "", true, false, "/system.slice/docker-" + Id + ".scope")]

    // A unit that starts a container: systemd's line has the unit, another hierarchy's the container.
    [InlineData("12:memory:" + Docker + "\n1:name=systemd:/system.slice/payment.service\n0::/system.slice/containerd.service\n", "payment.service", true, false, Docker)]
    [InlineData("12:memory:" + Docker + "\n1:name=systemd:/system.slice/payment.service\n", "payment.service", true, false, Docker)]

    // The kubelet with the cgroupfs driver: hybrid, v1 only, v2 only; with the systemd driver.
    [InlineData("11:memory:" + Kubepods + "\n1:name=systemd:" + Kubepods + "\n0::/system.slice/containerd.service\n", "", true, true, Kubepods)]
    [InlineData("11:memory:" + Kubepods + "\n1:name=systemd:" + Kubepods + "\n", "", true, true, Kubepods)]
    [InlineData("0::" + Kubepods + "\n", "", true, true, Kubepods)]
    [InlineData("11:memory:" + KubepodsSlice + "\n1:name=systemd:" + KubepodsSlice + "\n0::/\n", "", true, true, KubepodsSlice)]

    // One line has the container, another one the pod.
    [InlineData("11:memory:" + Docker + "\n2:cpu:/kubepods/burstable/pod" + PodUid + "\n0::/\n", "", true, true, Docker)]

    // No container: a group of systemd, in any hierarchy.
    [InlineData("0::/system.slice/payment.service\n", "payment.service", false, false, "/system.slice/payment.service")]
    [InlineData("4:memory:/system.slice/payment.service\n1:name=systemd:/system.slice/payment.service\n0::/system.slice/payment.service\n", "payment.service", false, false, "/system.slice/payment.service")]
    [InlineData("4:memory:/system.slice\n2:cpu:/\n1:name=systemd:/user.slice/user-0.slice/session-1.scope\n0::/user.slice\n", "session-1.scope", false, false, "/user.slice/user-0.slice/session-1.scope")]
    [InlineData("4:memory:/system.slice/payment.service\n0::/\n", "payment.service", false, false, "/system.slice/payment.service")]

    // Without an owner.
    [InlineData("4:memory:/jobs\n1:name=systemd:/\n0::/\n", "", false, false, "/jobs")]
    [InlineData("0::/\n", "", false, false, "/")]
    [InlineData("no line\n", "", false, false, "")]
    public void ParseOwner_OfEachLine_TakesTheOneThatKnowsTheContainer(string text, string unit, bool hasContainer, bool hasPod, string path)
    {
        CgroupOwner owner = CgroupHierarchies.ParseOwner(Encoding.UTF8.GetBytes(text), out ReadOnlySpan<byte> found);
        Assert.Equal(new CgroupOwner(unit, hasContainer ? Id[..12] : "", hasPod ? PodUid : ""), owner);
        Assert.Equal(path, Encoding.UTF8.GetString(found));
    }

    [Theory]

    // LXC: v1 with systemd inside, hybrid, v2.
    [InlineData("4:memory:/lxc/web1\n1:name=systemd:/lxc/web1/system.slice/nginx.service\n", "web1/nginx.service", "web1")]
    [InlineData("4:memory:/lxc/web1\n1:name=systemd:/lxc/web1\n0::/system.slice/lxc.service\n", "", "web1")]
    [InlineData("4:memory:/lxc.payload.web1\n1:name=systemd:/lxc.payload.web1/system.slice/nginx.service\n0::/lxc.payload.web1/system.slice/nginx.service\n", "web1/nginx.service", "web1")]
    [InlineData("0::/lxc.payload.web1/system.slice/nginx.service\n", "web1/nginx.service", "web1")]
    public void ParseOwner_OfLxc_NamesTheContainerAndItsUnit(string text, string unit, string container)
        => Assert.Equal(new CgroupOwner(unit, container, ""), CgroupHierarchies.ParseOwner(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void ParseOwner_OrderOfTheLines_MakesNoDifference()
    {
        string[] lines = ["12:memory:" + Docker + "\n", "1:name=systemd:/system.slice/payment.service\n", "0::/system.slice/containerd.service\n", "5:cpu:/\n"];
        Gen.Shuffle(lines).Sample(static shuffled
            => Assert.Equal(
                new CgroupOwner("payment.service", Id[..12], ""),
                CgroupHierarchies.ParseOwner(Encoding.UTF8.GetBytes(string.Concat(shuffled)), out _)));
    }

    [Fact]
    public void ParseOwner_AnyBytes_NeverThrows() => Gen.Byte.Array.Sample(static bytes => CgroupHierarchies.ParseOwner(bytes, out _) is not null);
}
