using CsCheck;
using FdExporter.Accounts.Naming;
using FdExporter.Model;

namespace FdExporter.Tests.Accounts.Naming;

public class ProgramNameTests
{
    [Theory]
    [InlineData("nginx", "nginx: master process /usr/sbin/nginx", "nginx")]
    [InlineData("java", "java -Xmx1g -cp /opt/a.jar:/opt/b.jar org.apache.kafka.Kafka server.properties", "kafka")]
    [InlineData("java", "/usr/bin/java -jar /opt/payment-service-1.4.2-SNAPSHOT.jar --port 1", "payment-service")]
    [InlineData("java", "java -jar app.jar", "app")]
    [InlineData("java", "java --module-path mods -m com.example/com.example.Main", "example.Main")]
    [InlineData("java", "java @args.txt", "java")]
    [InlineData("python3", "python3 /srv/worker.py --queue mail", "worker.py")]
    [InlineData("python3.11", "/usr/bin/python3.11 -u -W ignore -m celery worker", "celery")]
    [InlineData("python3", "python3 -c print(1)", "python3")]
    [InlineData("python3", "/usr/bin/python3 /usr/bin/gunicorn app:app", "gunicorn")]
    [InlineData("python3", "python3 /srv/shop/manage.py runserver", "shop/manage.py")]
    [InlineData("gunicorn", "/usr/bin/python3 /usr/bin/gunicorn app:app", "gunicorn")]
    [InlineData("appserver", "python3 /srv/worker.py", "appserver")]
    [InlineData("node", "node --require /x/hook.js /srv/payment/server.js", "payment/server.js")]
    [InlineData("node", "node server.js", "server.js")]
    [InlineData("MainThread", "/usr/bin/node /usr/bin/pm2", "pm2")]
    [InlineData("node", "nodejs -e 1", "node")]
    [InlineData("ruby", "ruby -I lib /usr/bin/sidekiq", "sidekiq")]
    [InlineData("php", "php -d memory_limit=1G -f /srv/cron.php", "cron.php")]
    [InlineData("php-fpm8.2", "php-fpm: pool www", "php-fpm8.2")]
    [InlineData("perl", "perl -w /usr/bin/munin-node", "munin-node")]
    [InlineData("dotnet", "dotnet exec --runtimeconfig x.json /srv/Payment.Api.dll --urls http://*:80", "Payment.Api")]
    [InlineData("dotnet", "dotnet run --project x", "dotnet")]
    [InlineData("python3", "python3", "python3")]
    [InlineData("bash", "bash /srv/start.sh", "bash")]
    public void Of_CommandLine_IsWhatAnEngineerWouldSay(string comm, string commandLine, string name)
        => Assert.Equal(name, ProgramName.Of(Describe(comm, commandLine.StartsWith("nginx:", StringComparison.Ordinal) || commandLine.StartsWith("php-fpm:", StringComparison.Ordinal) ? [commandLine] : commandLine.Split(' '))));

    [Fact]
    public void Of_NoCommandLine_IsTheComm() => Assert.Equal("java", ProgramName.Of(Describe("java")));

    [Fact]
    public void Of_CommOfACapturedFile_IsCutBetweenCharacters()
        => Assert.Equal(new string('a', 127), ProgramName.Of(Describe(new string('a', 127) + "\U0001F600")));

    [Fact]
    public void Of_EmptyComm_IsAName() => Assert.Equal("[unnamed]", ProgramName.Of(Describe("")));

    [Fact]
    public void Of_AnyArguments_NeverThrows()
        => Check.Sample(
            Gen.Select(Gen.OneOf(s_interpreters.Select(static each => Gen.Const(each)).ToArray()), Gen.String[Gen.Char["-cpem/@.jar "], 0, 8].Array[0, 6]),
            (comm, rest) => Assert.NotNull(ProgramName.Of(Describe(comm, [comm, .. rest]))));

    private static readonly string[] s_interpreters = [.. Interpreters.All.Select(static each => each.Name), "beam.smp", "bash", ""];

    private static ProcessDescription Describe(string comm, params string[] arguments)
        => new() { Id = new ProcessId(1, 1), Comm = comm, Arguments = arguments, StartTime = DateTimeOffset.UnixEpoch };
}
