using System.Security.Cryptography;
using CsCheck;
using FdExporter.Fuzz.Targets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Fuzzing;

/// <summary>Every parser on realistic inputs, on random mutations of them, and on all inputs that ever broke one.</summary>
public class FuzzTargetsTests
{
    private static readonly string s_cases = Path.Combine(Repository.Root, "tests", "FdExporter.Fuzz", "Cases");

    public static TheoryData<string> Names() => [.. FuzzTargets.All.Select(static target => target.Name)];

    public static TheoryData<string> Cases()
        => [.. Directory.GetFiles(s_cases, "*", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(s_cases, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Seeds_AreAsTheyMustBe_AndNotAllAreRefused(string name)
    {
        FuzzTarget target = Find(name);
        Assert.Contains(target.Seeds, seed => target.Check(seed));
        Assert.All(target.Seeds, seed => _ = target.Check(seed));
        Assert.All(target.Seeds, seed => Assert.InRange(seed.Length, 0, target.MaxLength));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyBytes_GiveWhatMustBe_AndSomeAreRefused(string name)
    {
        FuzzTarget target = Find(name);
        int refused = 0;
        Mutations.Of(target).Sample(
            input =>
            {
                if (!target.Check(input))
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 500);
        Assert.True(refused > 0, "no input was rejected");
    }

    /// <summary>Findings of the command fuzz. A case is named by its contents, so that none is there twice.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void FixedCase_StaysFixed(string file)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(s_cases, file));
        _ = Find(Path.GetDirectoryName(file)!).Check(input);
#pragma warning disable CA5350 // The hash that git uses; not for security.
        Assert.Equal(Convert.ToHexStringLower(SHA1.HashData(input))[..16], Path.GetFileName(file));
#pragma warning restore CA5350
    }

    [Fact]
    public void Names_AreFoldersAndUnique()
    {
        Assert.Equal(FuzzTargets.All.Count, FuzzTargets.All.Select(static target => target.Name).Distinct().Count());
        Assert.All(FuzzTargets.All, static target => Assert.Matches("^[a-z]+(-[a-z]+)*$", target.Name));
    }

    private static FuzzTarget Find(string name) => FuzzTargets.Find(name) ?? throw new InvalidOperationException($"no target {name}");
}
