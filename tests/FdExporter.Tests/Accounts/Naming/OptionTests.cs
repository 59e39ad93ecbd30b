using CsCheck;
using FdExporter.Accounts.Naming;

namespace FdExporter.Tests.Accounts.Naming;

/// <summary>Code and arguments never become a name, whatever the interpreter and however its options are written.</summary>
public class OptionTests
{
    private const string Secret = "hunter2";

    /// <summary>Words that would be valid names, so that only the options can exclude them.</summary>
    private static readonly Gen<string> s_code = OneOf(
        Secret, $"/srv/{Secret}.js", $"{Secret}.py", $"com.{Secret}.Main", $"/srv/{Secret}/app.jar", $"{Secret}.dll", $"print('{Secret}')", $"password={Secret}; sleep(9)");

    public static TheoryData<string, string> CodeOptions
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (Interpreter interpreter in Interpreters.All)
            {
                foreach (string option in interpreter.Options.CodeOptions)
                {
                    data.Add(interpreter.Name, option);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CodeOptions))]
    public void Of_Code_IsNoName(string interpreter, string option)
        => Gen.Select(Before(interpreter), s_code, s_code.Array[0, 3], Gen.Int[0, 2]).Sample((before, code, rest, form) =>
        {
            // As a separate word, after other letters in one word, within the same word.
            string[] words = form switch
            {
                1 when IsLetter(option) && FlagsOf(interpreter) is { Length: > 0 } flags => [$"-{flags}{option[1]}", code],
                2 when IsLetter(option) && FlagsOf(interpreter).Length > 0 => [option + code],
                2 when option.StartsWith("--", StringComparison.Ordinal) => [$"{option}={code}"],
                _ => [option, code],
            };
            AssertHidden(interpreter, [interpreter, .. before, .. words, .. rest]);
        });

    [Fact]
    public void Of_StandardInput_HasNoName()
        => Gen.Select(OneOf([.. Interpreters.All.Select(static each => each.Name)]), s_code.Array[0, 3]).Sample((interpreter, rest) =>
        {
            if (interpreter is not ("java" or "R" or "mono"))
            {
                AssertHidden(interpreter, [interpreter, "-", "--password", .. rest]);
            }
        });

    [Fact]
    public void Of_ValueOfAnOption_IsNoName()
    {
        foreach (Interpreter interpreter in Interpreters.All)
        {
            foreach (string option in interpreter.Options.ValueOptions)
            {
                AssertHidden(interpreter.Name, [interpreter.Name, option, Secret]);
                AssertHidden(interpreter.Name, [interpreter.Name, option, $"/srv/{Secret}.js"]);
            }
        }
    }

    [Fact]
    public void Of_UnknownOption_HidesWhatIsBehindIt()
    {
        foreach (Interpreter interpreter in Interpreters.All.Where(static each => each.Options.Unknown != UnknownOption.StandsAlone))
        {
            AssertHidden(interpreter.Name, [interpreter.Name, "--from-next-year", Secret, "script"]);
        }
    }

    [Theory]
    [InlineData("python3", "-uc|import time; password='hunter2'")]
    [InlineData("python3", "-Bc|token='hunter2'")]
    [InlineData("python3", "-cimport hunter2")]
    [InlineData("python3", "-W|ignore|-Xdev|-Ic|hunter2")]
    [InlineData("python3", "-|--password|hunter2")]
    [InlineData("python3", "-u|-|hunter2")]
    [InlineData("perl", "-we|my $dsn='hunter2'")]
    [InlineData("perl", "-lne|hunter2")]
    [InlineData("perl", "-F:|-lane|hunter2")]
    [InlineData("perl", "-0777ne|hunter2")]
    [InlineData("perl", "-MIO::File|-E|hunter2")]
    [InlineData("perl", "-de0|hunter2")]
    [InlineData("perl", "-i.bak|-pe|hunter2|file")]
    [InlineData("perl", "-Ilib|-e|hunter2")]
    [InlineData("ruby", "-rjson|-ne|hunter2")]
    [InlineData("ruby", "-W0e|hunter2")]
    [InlineData("ruby", "-Ilib|-ehunter2")]
    [InlineData("ruby", "--enable|yjit|-e|hunter2")]
    [InlineData("php", "-nr|hunter2")]
    [InlineData("php", "-dmemory_limit=1G|-r|hunter2")]
    [InlineData("php", "--run=hunter2")]
    [InlineData("php", "-S|localhost:80|hunter2")]
    [InlineData("php", "--|hunter2")]
    [InlineData("node", "-pe|hunter2")]
    [InlineData("node", "--eval=hunter2")]
    [InlineData("node", "--unhandled-rejections|strict|-e|hunter2")]
    [InlineData("node", "--new-option|hunter2|app.js")]
    [InlineData("bun", "-e|hunter2")]
    [InlineData("bun", "hunter2")]
    [InlineData("deno", "eval|hunter2")]
    [InlineData("deno", "task|hunter2")]
    [InlineData("lua5.4", "-e|hunter2")]
    [InlineData("R", "--no-echo|-e|hunter2")]
    [InlineData("java", "@options|--password|hunter2")]
    [InlineData("dotnet", "run|hunter2")]
    [InlineData("dotnet", "--new-option|hunter2")]
    public void Of_WordsBehindCode_AreNoName(string interpreter, string arguments)
        => Assert.Equal(interpreter, ProgramName.Of(Processes.Of(interpreter, [interpreter, .. arguments.Split('|')])));

    [Theory]
    [InlineData("node", "--unhandled-rejections|strict|mailer.js", "mailer.js")]
    [InlineData("node", "--new-option|mailer.js", "mailer.js")]
    [InlineData("node", "--new-option=3|mailer", "mailer")]
    [InlineData("node", "--inspect=0.0.0.0:9229|mailer", "mailer")]
    [InlineData("node", "inspect|mailer.js", "mailer.js")]
    [InlineData("python3", "-uBW|ignore|mailer.py", "mailer.py")]
    [InlineData("python3", "-umcelery|worker", "celery")]
    [InlineData("python3", "--check-hash-based-pycs|always|mailer.py", "mailer.py")]
    [InlineData("python3", "--|mailer.py", "mailer.py")]
    [InlineData("perl", "-T|-Mstrict|-I|lib|mailer.pl", "mailer.pl")]
    [InlineData("perl", "-d:NYTProf|mailer.pl", "mailer.pl")]
    [InlineData("ruby", "-Ku|-W:no-deprecated|-C|/srv|mailer.rb", "mailer.rb")]
    [InlineData("ruby", "--yjit|--encoding=utf-8|mailer.rb", "mailer.rb")]
    [InlineData("php", "-qd|x=1|--file|mailer.php|--|-r", "mailer.php")]
    [InlineData("java", "-Xmx1g|@options|-jar|mailer.jar", "mailer")]
    [InlineData("java", "--source|21|/srv/Mailer.java", "Mailer")]
    [InlineData("deno", "serve|--port|80|mailer.ts", "mailer.ts")]
    [InlineData("lua5.4", "-lsocket|mailer.lua", "mailer.lua")]
    [InlineData("tclsh8.6", "-encoding|utf-8|mailer.tcl", "mailer.tcl")]
    public void Of_Program_IsFoundBehindItsOptions(string interpreter, string arguments, string name)
        => Assert.Equal(name, ProgramName.Of(Processes.Of(interpreter, [interpreter, .. arguments.Split('|')])));

    [Theory]
    [InlineData("my script.py")]
    [InlineData("a;b.py")]
    [InlineData("it's.py")]
    [InlineData("\"x\".py")]
    [InlineData("password=hunter2")]
    [InlineData("a\nb.py")]
    [InlineData("a\u2028b.py")]
    public void Of_TextThatIsNoName_IsTheInterpreter(string script)
        => Assert.Equal("python3", ProgramName.Of(Processes.Of("python3", ["python3", script])));

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Of_LongText_IsANameUpTo128(int length, bool isName)
        => Assert.Equal(isName ? new string('x', length) : "python3", ProgramName.Of(Processes.Of("python3", ["python3", new string('x', length)])));

    [Fact]
    public void Of_LongClassName_IsOne()
    {
        string name = $"{new string('a', 40)}.{new string('B', 39)}";
        Assert.Equal(name, ProgramName.Of(Processes.Of("java", ["java", $"com.example.{name}"])));
    }

    private static void AssertHidden(string interpreter, string[] arguments)
    {
        string name = ProgramName.Of(Processes.Of(interpreter, arguments, "/srv/shop", "shop.service"));
        Assert.False(name.Contains(Secret, StringComparison.OrdinalIgnoreCase), $"{string.Join('|', arguments)}: {name}");
    }

    private static bool IsLetter(string option) => option.Length == 2;

    private static string FlagsOf(string interpreter) => string.Concat(Find(interpreter).Options.FlagLetters.Where(static letter => char.IsAsciiLetter(letter)));

    // Options without and with a value, as in a command line before its code.
    private static Gen<string[]> Before(string interpreter)
    {
        OptionTable options = Find(interpreter).Options;
        string[][] groups = [[], .. options.FlagLetters.Select(static letter => (string[])[$"-{letter}"]), .. options.ValueOptions.Select(static option => (string[])[option, "3"])];
        return OneOf(groups).Array[0, 3].Select(static chosen => chosen.SelectMany(static group => group).ToArray());
    }

    private static Gen<T> OneOf<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static Interpreter Find(string name) => Interpreters.Find(name)!;
}
