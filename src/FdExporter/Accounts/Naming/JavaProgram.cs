using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>Names of Java programs: a jar, a class, a module's class.</summary>
internal static class JavaProgram
{
    /// <summary>Product names by class prefix; the first match wins.</summary>
    private static readonly (string Class, string Product)[] s_products =
    [
        ("com.hivemq.", "hivemq"),
        ("com.sun.enterprise.glassfish.bootstrap.", "glassfish"),
        ("fish.payara.", "payara"),
        ("groovy.ui.GroovyMain", "groovy"),
        ("hudson.remoting.", "jenkins-agent"),
        ("io.confluent.kafka.schemaregistry.", "schema-registry"),
        ("io.confluent.kafkarest.", "kafka-rest"),
        ("io.confluent.ksql.", "ksqldb"),
        ("io.trino.", "trino"),
        ("kafka.Kafka", "kafka"),
        ("kafka.tools.MirrorMaker", "kafka-mirror-maker"),
        ("org.apache.activemq.artemis.", "artemis"),
        ("org.apache.activemq.", "activemq"),
        ("org.apache.cassandra.service.CassandraDaemon", "cassandra"),
        ("org.apache.catalina.", "tomcat"),
        ("org.apache.druid.", "druid"),
        ("org.apache.flink.runtime.entrypoint.", "flink-jobmanager"),
        ("org.apache.flink.runtime.taskexecutor.", "flink-taskmanager"),
        ("org.apache.kafka.connect.cli.", "kafka-connect"),
        ("org.apache.kafka.connect.mirror.", "kafka-mirror-maker"),
        ("org.apache.kafka.Kafka", "kafka"),
        ("org.apache.karaf.", "karaf"),
        ("org.apache.nifi.", "nifi"),
        ("org.apache.pulsar.", "pulsar"),
        ("org.apache.spark.deploy.history.", "spark-history"),
        ("org.apache.spark.deploy.master.", "spark-master"),
        ("org.apache.spark.deploy.worker.", "spark-worker"),
        ("org.apache.spark.executor.", "spark-executor"),
        ("org.apache.zookeeper.server.", "zookeeper"),
        ("org.codehaus.groovy.tools.GroovyStarter", "groovy"),
        ("org.codehaus.plexus.classworlds.launcher.Launcher", "maven"),
        ("org.eclipse.jetty.", "jetty"),
        ("org.elasticsearch.", "elasticsearch"),
        ("org.gradle.", "gradle"),
        ("org.jruby.Main", "jruby"),
        ("org.keycloak.", "keycloak"),
        ("org.logstash.", "logstash"),
        ("org.neo4j.", "neo4j"),
        ("com.neo4j.", "neo4j"),
        ("org.opensearch.", "opensearch"),
        ("org.sonatype.nexus.", "nexus"),
        ("org.wso2.", "wso2"),
        ("scala.tools.nsc.MainGenericRunner", "scala"),
    ];

    /// <summary>Launcher classes that start a program from the class path.</summary>
    private static readonly string[] s_launchers = ["io.quarkus.bootstrap.runner.", "org.springframework.boot.loader.", "org.apache.commons.launcher."];

    internal static string? NameOf(ProgramArgument program, ProcessDescription process)
    {
        // The content of an argument file is unknown; after it only -jar certainly names the program.
        int argumentFile = FindArgumentFile(process.Arguments, program);
        return argumentFile >= 0 ? NameAfterArgumentFile(argumentFile, process)
            : program.Option == "-jar" || IsArchive(program.Text) ? NameOfArchive(program.Text, process)
            : program.Text.EndsWith(".java", StringComparison.Ordinal) ? ProgramPath.NameOf(program.Text, process, ProgramPath.StemOf)
            : NameOfClass(program.Text[(program.Text.IndexOf('/', StringComparison.Ordinal) + 1)..], process);
    }

    private static int FindArgumentFile(IReadOnlyList<string> arguments, ProgramArgument program)
    {
        for (int i = 1; i < arguments.Count && (program.Option.Length == 0 || arguments[i] != program.Option); i++)
        {
            if (arguments[i].StartsWith('@'))
            {
                return i;
            }

            if (arguments[i] == program.Text)
            {
                break;
            }
        }

        return -1;
    }

    private static string? NameAfterArgumentFile(int start, ProcessDescription process)
    {
        for (int i = start + 1; i + 1 < process.Arguments.Count; i++)
        {
            if (process.Arguments[i] == "-jar" && IsArchive(process.Arguments[i + 1]))
            {
                return NameOfArchive(process.Arguments[i + 1], process);
            }
        }

        return null;
    }

    private static bool IsArchive(string text)
        => text.EndsWith(".jar", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".war", StringComparison.OrdinalIgnoreCase);

    // /opt/payment-service-1.4.2-SNAPSHOT.jar -> payment-service
    private static string? NameOfArchive(string path, ProcessDescription process)
    {
        string name = ProgramPath.NameOf(path, process, static file => VagueName.WithoutVersion(ProgramPath.StemOf(file))) ?? "";
        return ProgramPath.StemOf(ProgramPath.BaseName(path)) switch
        {
            "start" => ProductOfStartJar(name, process),
            "quarkus-run" when name.IndexOf('/', StringComparison.Ordinal) is > 0 and int slash => name[..slash],
            "jboss-modules" => "wildfly",
            _ => name,
        };
    }

    // Jetty is started by start.jar, and products with an embedded Jetty by a copy of it.
    private static string ProductOfStartJar(string name, ProcessDescription process)
        => name.Contains("solr", StringComparison.OrdinalIgnoreCase) || process.Arguments.Any(static each => each.StartsWith("-Dsolr.", StringComparison.Ordinal))
            ? "solr"
            : "jetty";

    private static string? NameOfClass(string name, ProcessDescription process)
    {
        if (Array.Exists(s_launchers, launcher => name.StartsWith(launcher, StringComparison.Ordinal)))
        {
            return NameOfClassPath(process) ?? LastParts(name, process);
        }

        foreach ((string start, string product) in s_products)
        {
            if (name.StartsWith(start, StringComparison.Ordinal))
            {
                return product;
            }
        }

        return LastParts(name, process);
    }

    // -cp /opt/keycloak/lib/quarkus-run.jar -> keycloak
    private static string? NameOfClassPath(ProcessDescription process)
    {
        for (int i = 1; i + 1 < process.Arguments.Count; i++)
        {
            if (process.Arguments[i] is "-cp" or "-classpath" or "--class-path")
            {
                string path = process.Arguments[i + 1].Split(':')[0];
                string archive = VagueName.WithoutVersion(ProgramPath.StemOf(ProgramPath.BaseName(path)));
                return IsArchive(path) && !VagueName.IsProgram(archive) ? archive : ProgramPath.SpecificFolderOf(path);
            }
        }

        return ProgramPath.PlaceOf(process);
    }

    // com.example.payment.PaymentService -> payment.PaymentService, com.example.billing.app.Main -> billing.app.Main
    private static string LastParts(string name, ProcessDescription process)
    {
        string[] parts = name.Split('.');
        int first = Math.Max(0, parts.Length - 2);
        while (first > 0 && parts[first..].All(VagueName.IsFolder))
        {
            first--;
        }

        string last = string.Join('.', parts[first..]);
        return parts[first..].All(VagueName.IsFolder) ? ProgramPath.InPlace(last, process) : last;
    }
}
