using System.Text;
using CsCheck;
using FdExporter.Model;
using FdExporter.Scanning.Cgroups;

namespace FdExporter.Tests.Scanning.Cgroups;

public class CgroupPathTests
{
    private const string Id = "15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9";

    private static readonly string[] s_parts =
    [
        "/", "..", "docker", "docker-", "crio-", "libpod_pod_", ":cri-containerd:", "kubepods", "kubepods-", "pod", "-pod",
        "c8bad552_5c99_4d4f_b71c_c426c0cde014", Id, Id[..32], ".slice", ".scope", ".service", "machine-", "lxc", "lxc.payload.",
        "ecs", "_", @"\x2d", @"\x2f", @"\x", " (deleted)", "@", "/payment.service", "/system.slice", "/user.slice", "/user-1000.slice", "/user@1000.service",
    ];

    public static TheoryData<string, string, string, string> Captured()
    {
        TheoryData<string, string, string, string> cases = [];
        string path = "";
        Dictionary<string, string> owner = [];
        foreach (string line in File.ReadLines(Path.Combine(Testing.Repository.Fixtures, "cgroups.txt")).Append("/"))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                string[] fact = line.Trim().Split(' ', 2);
                owner.Add(fact[0], fact[1]);
            }
            else if (line.StartsWith('/'))
            {
                if (path.Length > 0)
                {
                    cases.Add(path, Of("unit"), Of("container"), Of("pod"));
                }

                path = line;
                owner.Clear();
            }
        }

        return cases;

        string Of(string fact) => owner.GetValueOrDefault(fact, "");
    }

    [Theory]
    [MemberData(nameof(Captured))]
    public void ParseOwner_CapturedPath_NamesItsOwner(string path, string unit, string container, string pod)
        => Assert.Equal(new CgroupOwner(unit, container, pod), Parse(path));

    [Fact]
    public void ParseOwner_NothingKnown_SharesOneObject() => Assert.Same(CgroupOwner.None, Parse("/jobs/nightly"));

    [Fact]
    public void ParseOwner_CutAtEveryByte_NeverNamesAContainerThatIsNotThere()
    {
        const string path = "/kubepods/burstable/podc8bad552-5c99-4d4f-b71c-c426c0cde014/"
            + "15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9";
        for (int length = 0; length < path.Length; length++)
        {
            Assert.Equal("", Parse(path[..length]).Container);
        }
    }

    [Theory]
    [InlineData(@"a\x2db.service", "a-b.service")]
    [InlineData(@"caf\xc3\xa9.service", "café.service")]
    [InlineData(@"a\x2.service", @"a\x2.service")]
    [InlineData(@"a\xzz.service", @"a\xzz.service")]
    [InlineData(@"a\y2d.service", @"a\y2d.service")]
    public void ParseOwner_EscapedUnit_IsWrittenAsTyped(string name, string expected)
        => Assert.Equal(expected, Parse("/system.slice/" + name).Unit);

    [Fact]
    public void ParseOwner_EscapedBytesThatAreNoText_StayEscaped()
        => Assert.Equal(@"a\xff\x1b.service", Parse(@"/system.slice/a\xff\x1b.service").Unit);

    /// <summary>Groups created below a delegated unit or a container: their names begin with its name, or are its name.</summary>
    [Theory]
    [InlineData("/user.slice/user-1000.slice/user@1000.service", "user@1000.service", "")]
    [InlineData("/system.slice/runner.service", "runner.service", "")]
    [InlineData("/docker/15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9", "", "15b6e0c6490c")]
    [InlineData("/lxc.payload.web1", "", "web1")]
    public void ParseOwner_BelowADelegate_NothingIsTheSystems(string delegated, string unit, string container)
        => Gen.Int[0, s_parts.Length - 1].Array[0, 12].Sample(picks =>
        {
            CgroupOwner owner = Parse($"{delegated}/{string.Concat(picks.Select(pick => s_parts[pick]))}");
            string by = (unit.Length > 0 ? unit : container) + "/";
            Assert.True(owner.Unit == unit || owner.Unit.StartsWith(by, StringComparison.Ordinal), owner.Unit);
            Assert.True(owner.Container == container || owner.Container.StartsWith(by, StringComparison.Ordinal), owner.Container);
            Assert.True(owner.Pod.Length == 0 || owner.Pod.StartsWith(by, StringComparison.Ordinal), owner.Pod);
        });

    [Fact]
    public void ParseOwner_AnyBytes_NeverThrowsAndNamesTextOnly()
        => Gen.Byte.Array.Sample(bytes => Assert.True(IsText(CgroupPath.ParseOwner(bytes))));

    [Fact]
    public void ParseOwner_AnyMixOfKnownParts_NeverThrowsAndKeepsIdsShort()
    {
        Gen.Int[0, s_parts.Length - 1].Array[0, 12].Sample(picks =>
        {
            CgroupOwner owner = Parse(string.Concat(picks.Select(pick => s_parts[pick])));
            Assert.True(IsText(owner));
            Assert.All((string[])[owner.Unit, owner.Container, owner.Pod], static name => Assert.InRange(name.Count(static c => c == '/'), 0, 1));
            string pod = owner.Pod[(owner.Pod.IndexOf('/', StringComparison.Ordinal) + 1)..];
            Assert.True(pod.Length is 0 or 12 or 32 or 36, owner.Pod);
        });
    }

    private static CgroupOwner Parse(string path) => CgroupPath.ParseOwner(Encoding.UTF8.GetBytes(path));

    private static bool IsText(CgroupOwner owner)
    {
        string all = owner.Unit + owner.Container + owner.Pod;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(all)) == all;
    }
}
