using CsCheck;
using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class RuleFileTests
{
    private static readonly string Data = Path.Combine(Testing.Repository.Root, "tests", "FdExporter.Tests", "Configuration", "Data");

    public static TheoryData<string> Good() => [.. Directory.GetFiles(Data, "*.good.yml").Select(path => Path.GetFileName(path))];

    public static TheoryData<string> Bad() => [.. Directory.GetFiles(Data, "*.bad.yml").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Good))]
    public void Load_GoodFile_Succeeds(string file) => RuleFile.Load(Path.Combine(Data, file));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Parse_BadFile_SaysInOneLineWhereAndWhy(string file)
    {
        string text = File.ReadAllText(Path.Combine(Data, file));
        ConfigException error = Assert.Throws<ConfigException>(() => RuleFile.Parse(file, text));
        Assert.Equal($"{file}:{text.Split('\n')[1][2..]}", error.Message);
    }

    [Theory]
    [InlineData("empty-list.good.yml", 0)]
    [InlineData("process-exporter-readme.good.yml", 3)]
    [InlineData("loose-scalars.good.yml", 2)]
    public void Load_GoodFile_HasItsRules(string file, int rules)
        => Assert.Equal(rules, RuleFile.Load(Path.Combine(Data, file)).Rules.Length);

    [Fact]
    public void Parse_LooseScalars_AreTextAndNullIsNotGiven()
    {
        RuleFile file = RuleFile.Load(Path.Combine(Data, "loose-scalars.good.yml"));
        Assert.Equal(["8080", "null", "true"], file.Rules[0].Comms!.Order());
        Assert.Null(file.Rules[0].Exes);
        Assert.Null(file.Rules[0].CommandLines);
        Assert.Equal([new NamePart(NameField.ExeBase, "")], file.Rules[0].Name.Parts);
        Assert.Empty(file.Rules[1].Exes!);
    }

    [Fact]
    public void Load_ByteOrderMark_IsSkipped()
        => Assert.Single(WithFile([0xEF, 0xBB, 0xBF, .. "process_names: [{comm: [sh]}]"u8], static path => RuleFile.Load(path)).Rules);

    [Fact]
    public void Load_NotUtf8_IsRefused()
        => Assert.EndsWith(": is not UTF-8", WithFile([0xFF], LoadError), StringComparison.Ordinal);

    /// <summary>An editor leaves it so for a moment, a full disk permanently.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("---\n")]
    public void Parse_EmptyFile_IsRefusedAndSaysWhatToWrite(string text)
        => Assert.Equal(
            "f:1: process_names: no rules; write process_names: [] to put every program into the group other",
            Assert.Throws<ConfigException>(() => RuleFile.Parse("f", text)).Message);

    [Fact]
    public void Load_OneMegabyte_IsRead()
    {
        byte[] comment = new byte[ConfigFile.MaxBytes];
        comment.AsSpan().Fill((byte)'#');
        "process_names: []\n"u8.CopyTo(comment);
        Assert.Empty(WithFile(comment, static path => RuleFile.Load(path)).Rules);
    }

    [Fact]
    public void Load_MoreThanOneMegabyte_IsRefused()
        => Assert.EndsWith(
            ": is larger than 1048576 bytes",
            WithFile(new byte[ConfigFile.MaxBytes + 1], LoadError),
            StringComparison.Ordinal);

    [Fact]
    public void Load_NoRegularFile_IsRefused()
    {
        Assert.Equal("/dev/zero: cannot be read: is a device, not a regular file", LoadError("/dev/zero"));
        Assert.Equal("/tmp: cannot be read: is a directory, not a regular file", LoadError("/tmp"));
    }

    [Fact]
    public void Load_NoSuchFile_NamesIt()
        => Assert.StartsWith("/no/such/rules.yml: cannot be read: ", LoadError("/no/such/rules.yml"), StringComparison.Ordinal);

    [Fact]
    public void Parse_TextWithLineEnds_StillGivesOneLine()
    {
        const string text = "process_names:\n  - cmdline: [\"a\\nb\\u2028(\"]\n";
        string message = Assert.Throws<ConfigException>(() => RuleFile.Parse("a\nb.yml", text)).Message;
        Assert.Equal("a b.yml:2: process_names[0].cmdline[0]: pattern \"a b (\": missing )", message);
    }

    [Fact]
    public void Parse_HugeKey_IsCutInTheError()
    {
        string text = $"? {new string('k', 100_000)}\n: v";
        Assert.InRange(Assert.Throws<ConfigException>(() => RuleFile.Parse("f", text)).Message.Length, 1, 1100);
    }

    // Deep nesting crashes programs that read YAML by recursion.
    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("process_names: [")]
    public void Parse_DeepNesting_IsAnErrorAtItsFirstLevel(string start)
        => Assert.Throws<ConfigException>(() => RuleFile.Parse("f", start + new string(start[^1], 500_000)));

    [Fact]
    public void Parse_AnyText_GivesRulesOrAConfigException() => Gen.String.Sample(Survives);

    [Fact]
    public void Parse_AnyMixOfYamlTokens_GivesRulesOrAConfigException()
    {
        string[] tokens =
        [
            "process_names", "name", "comm", "exe", "cmdline", ": ", ":", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "~",
            "null", "\"", "'", "{{.Comm}}", "{{.Matches.x}}", "(?P<x>.+)", "&a ", "*a", "!!str ", "! ", "---\n", "...\n", "# ", "|\n",
            ">-\n", "? ", "%YAML 1.1\n", "\t", "\r\n", "\0", "\uFEFF", "\\", "@", "`", "<<", "\uD800",
        ];
        Gen.Int[0, tokens.Length - 1].Array[0, 40].Sample(
            picks => Survives(string.Concat(picks.Select(pick => tokens[pick]))),
            iter: 5_000);
    }

    [Fact]
    public void Parse_AnyCutOfAGoodFile_GivesRulesOrAConfigException()
    {
        string text = File.ReadAllText(Path.Combine(Data, "process-exporter-templates.good.yml"));
        for (int length = 0; length < text.Length; length++)
        {
            Survives(text[..length]);
        }
    }

    private static void Survives(string text)
    {
        try
        {
            RuleFile.Parse("f", text);
        }
        catch (ConfigException e)
        {
            Assert.StartsWith("f:", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static string LoadError(string path) => Assert.Throws<ConfigException>(() => RuleFile.Load(path)).Message;

    private static T WithFile<T>(byte[] content, Func<string, T> use)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content);
            return use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
