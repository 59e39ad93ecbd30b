using FdExporter.Accounts.Naming;
using FdExporter.Model;

namespace FdExporter.Tests.Accounts.Naming;

public class DefaultNameTests
{
    private static readonly KubernetesPod s_pod = new("shop", "payment-7d9f5c6b8-x2x7k");

    [Fact]
    public void InAPod_NameIsNamespaceWorkloadAndContainer()
        => Assert.Equal("shop/payment/app", DefaultName.Of(Java(new CgroupOwner("", "15b6e0c6490c", "uid") { Kubernetes = s_pod, ContainerName = "app" })));

    [Fact]
    public void JavaServicesOfTwoTeams_AreTwoGroups()
        => Assert.NotEqual(
            DefaultName.Of(Java(new CgroupOwner("", "", "") { Kubernetes = s_pod, ContainerName = "app" })),
            DefaultName.Of(Java(new CgroupOwner("", "", "") { Kubernetes = s_pod with { Namespace = "bank" }, ContainerName = "app" })));

    [Fact]
    public void ReplacedPod_StaysInItsGroup()
        => Assert.Equal(
            DefaultName.Of(Java(new CgroupOwner("", "", "") { Kubernetes = s_pod, ContainerName = "app" })),
            DefaultName.Of(Java(new CgroupOwner("", "", "") { Kubernetes = new("shop", "payment-5d78c9869d-8vz2m"), ContainerName = "app" })));

    [Fact]
    public void UnknownContainer_HasTheProgramsName()
        => Assert.Equal("shop/payment/pause", DefaultName.Of(Processes.Of("pause", ["/pause"]) with { Owner = new CgroupOwner("", "9ec39b91f3d7", "uid") { Kubernetes = s_pod } }));

    [Theory]
    [InlineData("java", "java")]
    [InlineData("dovecot/auth", "dovecot/auth")]
    [InlineData("kube-system/x/y", @"kube-system\x2fx\x2fy")]
    public void OutsideOfPods_NameIsTheProgram_AndNeverLooksLikeAPods(string comm, string expected)
        => Assert.Equal(expected, DefaultName.Of(Processes.Of(comm, [])));

    [Fact]
    public void NameOfAProgramInAPod_HasNoFurtherParts()
        => Assert.Equal(@"shop/payment/a\x2fb", DefaultName.Of(Processes.Of("a/b", []) with { Owner = new CgroupOwner("", "", "uid") { Kubernetes = s_pod } }));

    private static ProcessDescription Java(CgroupOwner owner) => Processes.Of("java", ["java", "-jar", "/app/service.jar"]) with { Owner = owner };
}
