using System.Diagnostics;
using System.Text;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Files;
using FdExporter.Model;
using FdExporter.Scanning.Pods;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Pods;

/// <summary>Names from folders as the kubelet makes them.</summary>
public sealed class PodNamesTests : IDisposable
{
    private const string Uid = "c8bad552-5c99-4d4f-b71c-c426c0cde014";
    private const string StaticUid = "4b1e7f0c5a6d4c0f8a90b1c2d3e4f506";
    private const string Id = "15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9";
    private static readonly TimeSpan s_old = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_new = TimeSpan.FromSeconds(1);

    private readonly string _root = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string Pods => Path.Combine(_root, "pods");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Container_IsKnownByTheLinkWithItsId()
    {
        MakePod("shop", "payment-7d9f5c6b8-x2x7k", Uid, "init", "app");
        MakeLink("shop", "payment-7d9f5c6b8-x2x7k", "app", Id);
        CgroupOwner owner = Complete(Uid, Id[..12]);
        Assert.Equal(new KubernetesPod("shop", "payment-7d9f5c6b8-x2x7k"), owner.Kubernetes);
        Assert.Equal(("app", "shop/payment-7d9f5c6b8-x2x7k"), (owner.ContainerName, owner.Place));
    }

    [Fact]
    public void Sandbox_HasNoLink_AndNoContainerName()
    {
        MakePod("shop", "payment", Uid, "app");
        MakeLink("shop", "payment", "app", Id);
        CgroupOwner owner = Complete(Uid, "9ec39b91f3d7", "pause");
        Assert.Equal(("payment", ""), (owner.Kubernetes!.Name, owner.ContainerName));
    }

    /// <summary>The ID says so: not the only container of another pod.</summary>
    [Fact]
    public void LinkOfAnotherPod_NamesNoContainer()
    {
        MakePod("shop", "payment", Uid, "app");
        MakeLink("shop", "cart", "app", Id);
        Assert.Equal("", Complete(Uid, Id[..12]).ContainerName);
    }

    [Theory]
    [InlineData("java", "app", "app")]
    [InlineData("pause", "", "app")]
    [InlineData("conmon", "", "app")]
    [InlineData("java", "", "init", "app")]
    [InlineData("java", "")]
    public void WithoutLinks_OnlyASingleContainerHasItsName(string comm, string expected, params string[] containers)
    {
        MakePod("shop", "payment", Uid, containers);
        CgroupOwner owner = Complete(Uid, Id[..12], comm);
        Assert.Equal(("payment", expected), (owner.Kubernetes!.Name, owner.ContainerName));
    }

    [Fact]
    public void StaticPod_IsKnownByTheHashOfItsManifest()
    {
        MakePod("kube-system", "etcd-node-1", StaticUid, "etcd");
        Assert.Equal("kube-system/etcd-node-1", Complete(StaticUid, Id[..12]).Place);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9ec39b91f3d7")]
    [InlineData("user@1000.service/" + Uid)]
    [InlineData("2f9c1a34-5b6d-4e7f-8a90-b1c2d3e4f506")]
    public void OtherPod_HasNoName(string pod)
    {
        MakePod("shop", "payment", Uid, "app");
        CgroupOwner owner = Complete(pod, Id[..12]);
        Assert.Null(owner.Kubernetes);
        Assert.Equal((pod, ""), (owner.Pod, owner.ContainerName));
    }

    [Fact]
    public void NameThatNoKubeletWrites_IsText()
    {
        MakePod("shop", "pay\u001b[2J\u202e", Uid, "a\nb");
        CgroupOwner owner = Complete(Uid, Id[..12]);
        Assert.Equal((@"pay\x1b[2J\xe2\x80\xae", @"a\x0ab"), (owner.Kubernetes!.Name, owner.ContainerName));
    }

    [Fact]
    public void LinkThatComesLater_IsFoundWhileTheProcessIsYoung()
    {
        MakePod("shop", "payment", Uid, "app");
        Directory.CreateDirectory(Path.Combine(_root, "containers"));
        PodNames names = new(Pods, _time);
        CgroupOwner owner = new("", Id[..12], Uid);
        Assert.Equal("", names.Complete(owner, "java", s_new, out bool mayComeLater).ContainerName);
        Assert.True(mayComeLater);

        // Not listed again at once.
        MakeLink("shop", "payment", "app", Id);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("", names.Complete(owner, "java", s_new, out _).ContainerName);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("app", names.Complete(owner, "java", s_new, out mayComeLater).ContainerName);
        Assert.False(mayComeLater);
    }

    [Fact]
    public void UnknownContainerOfAnOldProcess_CostsAListingInFiveMinutes()
    {
        MakePod("shop", "payment", Uid, "app");
        Directory.CreateDirectory(Path.Combine(_root, "containers"));
        PodNames names = new(Pods, _time);
        CgroupOwner owner = new("", Id[..12], Uid);
        Assert.Equal("", names.Complete(owner, "java", s_old, out bool mayComeLater).ContainerName);
        Assert.False(mayComeLater);
        MakeLink("shop", "payment", "app", Id);
        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("", names.Complete(owner, "java", s_old, out _).ContainerName);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("app", names.Complete(owner, "java", s_old, out _).ContainerName);
    }

    [Fact]
    public void KnownNames_StayWhenTheFolderIsGone()
    {
        MakePod("shop", "payment", Uid, "app");
        PodNames names = new(Pods, _time);
        Assert.Equal("app", names.Complete(new CgroupOwner("", Id[..12], Uid), "java", s_new, out _).ContainerName);
        Directory.Delete(Pods, recursive: true);
        _time.Advance(s_old);
        _ = names.Complete(new CgroupOwner("", "9ec39b91f3d7", StaticUid), "java", s_new, out _);
        Assert.Equal("app", names.Complete(new CgroupOwner("", Id[..12], Uid), "java", s_new, out _).ContainerName);
    }

    [Fact]
    public void WithoutTheFolder_NothingComesLater()
    {
        CgroupOwner owner = new("", Id[..12], Uid);
        Assert.Same(owner, new PodNames(Pods, _time).Complete(owner, "java", s_new, out bool mayComeLater));
        Assert.False(mayComeLater);
    }

    [Fact]
    [Needs("root")]
    public async Task FolderOnADeadDisk_CostsOneWait_AndIsReadWhenItAnswers()
    {
        MakePod("shop", "payment", Uid, "app");
        using FileThread files = new(TimeSpan.FromSeconds(1));
        PodNames names = new(Pods, _time, files);
        CgroupOwner owner = new("", Id[..12], Uid);
        using (DeadDisk.Over(Pods))
        {
            Stopwatch waited = Stopwatch.StartNew();
            for (int i = 0; i < 1000; i++)
            {
                Assert.Null(names.Complete(owner, "java", s_new, out _).Kubernetes);
            }

            Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
        }

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return names.Complete(owner, "java", s_new, out _).ContainerName == "app";
            },
            () => "no name");
    }

    [Theory]
    [InlineData("shop_payment_" + Uid, "shop", "payment", Uid)]
    [InlineData("kube-system_etcd-node-1.example.com_" + StaticUid, "kube-system", "etcd-node-1.example.com", StaticUid)]
    [InlineData("shop__" + Uid, null)]
    [InlineData("_payment_" + Uid, null)]
    [InlineData("shop_payment", null)]
    [InlineData("shop_pay_ment_" + Uid, null)]
    [InlineData("shop_payment_" + Uid + "0", null)]
    [InlineData("", null)]
    public void TryParse_Folder_HasThreeNames(string folder, string? ns, string pod = "", string uid = "")
    {
        bool isParsed = PodLogFolder.TryParse(Encoding.UTF8.GetBytes(folder), out ReadOnlySpan<byte> actualNs, out ReadOnlySpan<byte> actualPod, out ReadOnlySpan<byte> actualUid);
        Assert.Equal(ns is not null, isParsed);
        if (isParsed)
        {
            Assert.Equal((ns, pod, uid), (Encoding.UTF8.GetString(actualNs), Encoding.UTF8.GetString(actualPod), Encoding.UTF8.GetString(actualUid)));
        }
    }

    [Theory]
    [InlineData("payment-7d9f5c6b8-x2x7k_shop_app-" + Id + ".log", "payment-7d9f5c6b8-x2x7k", "shop", "app")]
    [InlineData("etcd-node-1.example.com_kube-system_a-b-" + Id + ".log", "etcd-node-1.example.com", "kube-system", "a-b")]
    [InlineData("payment_shop_app-" + Id, null)]
    [InlineData("payment_shop_app" + Id + ".log", null)]
    [InlineData("payment_shop_-" + Id + ".log", null)]
    [InlineData("_shop_app-" + Id + ".log", null)]
    [InlineData("payment__app-" + Id + ".log", null)]
    [InlineData("payment_shop-" + Id + ".log", null)]
    [InlineData("payment_sh_op_app-" + Id + ".log", null)]
    [InlineData("payment_shop_app-x" + Id + ".log", null)]
    [InlineData(".log", null)]
    public void TryParse_Link_HasFourNames(string link, string? pod, string ns = "", string container = "")
    {
        bool isParsed = ContainerLogLink.TryParse(
            Encoding.UTF8.GetBytes(link), out ReadOnlySpan<byte> actualPod, out ReadOnlySpan<byte> actualNs, out ReadOnlySpan<byte> actualContainer, out ReadOnlySpan<byte> id);
        Assert.Equal(pod is not null, isParsed);
        if (isParsed)
        {
            Assert.Equal((pod, ns, container, Id), (Encoding.UTF8.GetString(actualPod), Encoding.UTF8.GetString(actualNs), Encoding.UTF8.GetString(actualContainer), Encoding.UTF8.GetString(id)));
        }
    }

    private CgroupOwner Complete(string pod, string container, string comm = "java") => new PodNames(Pods, _time).Complete(new CgroupOwner("", container, pod), comm, s_old, out _);

    private void MakePod(string ns, string pod, string uid, params string[] containers)
    {
        string folder = Path.Combine(Pods, $"{ns}_{pod}_{uid}");
        Directory.CreateDirectory(folder);
        foreach (string container in containers)
        {
            Directory.CreateDirectory(Path.Combine(folder, container));
        }
    }

    /// <summary>Its target does not matter.</summary>
    private void MakeLink(string ns, string pod, string container, string id)
    {
        string folder = Path.Combine(_root, "containers");
        Directory.CreateDirectory(folder);
        File.CreateSymbolicLink(Path.Combine(folder, $"{pod}_{ns}_{container}-{id}.log"), "/nowhere");
    }
}
