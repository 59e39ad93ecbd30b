using FdExporter.Accounts.Naming;
using FdExporter.Model;

namespace FdExporter.Tests.Accounts.Naming;

/// <summary>
/// Command lines from the packages of Debian and the documentation of the usual frameworks, and the names that operators use
/// for the programs.
/// </summary>
public class RealCommandLinesTests
{
    /// <summary>Name, command name of the kernel, arguments.</summary>
    public static TheoryData<string, string, string> Anywhere => new()
    {
        // Java: products and jars.
        { "tomcat", "java", "/usr/lib/jvm/java-17/bin/java -Djava.util.logging.config.file=/var/lib/tomcat10/conf/logging.properties -classpath /usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar -Dcatalina.base=/var/lib/tomcat10 org.apache.catalina.startup.Bootstrap start" },
        { "jetty", "java", "/usr/bin/java -Djetty.home=/usr/share/jetty9 -Djava.io.tmpdir=/tmp -jar /usr/share/jetty9/start.jar jetty.state=/var/lib/jetty9/jetty.state" },
        { "solr", "java", "java -server -Xms512m -Dsolr.log.dir=/var/solr/logs -Djetty.port=8983 -jar start.jar --module=http" },
        { "zookeeper", "java", "/usr/bin/java -cp /etc/zookeeper/conf:/usr/share/java/zookeeper.jar -Dzookeeper.log.dir=/var/log/zookeeper org.apache.zookeeper.server.quorum.QuorumPeerMain /etc/zookeeper/conf/zoo.cfg" },
        { "activemq/run", "java", "java -Xms512M -Dactivemq.home=/usr/share/activemq -jar /usr/share/activemq/bin/run.jar start" },
        { "kafka", "java", "java -Xmx1G -server -cp /opt/kafka/libs/kafka_2.13-3.7.0.jar kafka.Kafka /opt/kafka/config/server.properties" },
        { "kafka-connect", "java", "java -cp /usr/share/java/kafka/* org.apache.kafka.connect.cli.ConnectDistributed /etc/kafka/connect.properties" },
        { "cassandra", "java", "/usr/bin/java -ea -Xss256k -cp /etc/cassandra:/usr/share/cassandra/lib/x.jar org.apache.cassandra.service.CassandraDaemon" },
        { "elasticsearch", "java", "/usr/share/elasticsearch/jdk/bin/java -Des.networkaddress.cache.ttl=60 --module-path /usr/share/elasticsearch/lib --add-modules=jdk.net --add-modules=ALL-MODULE-PATH -m org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch" },
        { "logstash", "java", "/usr/share/logstash/jdk/bin/java -Xms1g -cp /usr/share/logstash/vendor/jruby/lib/jruby.jar org.logstash.Logstash --path.settings /etc/logstash" },
        { "keycloak", "java", "java -Dkc.home.dir=/opt/keycloak/bin/.. -cp /opt/keycloak/bin/../lib/quarkus-run.jar io.quarkus.bootstrap.runner.QuarkusEntryPoint start --db=postgres" },
        { "jenkins", "java", "/usr/bin/java -Djava.awt.headless=true -jar /usr/share/java/jenkins.war --webroot=/var/cache/jenkins/war --httpPort=8080" },
        { "wildfly", "java", "java -D[Standalone] -server -jar /opt/wildfly/jboss-modules.jar -mp /opt/wildfly/modules org.jboss.as.standalone" },
        { "payment/app", "java", "/usr/bin/java -jar /srv/payment/app.jar" },
        { "ledger/app", "java", "/usr/bin/java -jar /srv/ledger/target/app-1.0.3-SNAPSHOT.jar --spring.profiles.active=prod" },
        { "namenode.NameNode", "java", "/usr/lib/jvm/java-11/bin/java -Dproc_namenode -Xmx1000m org.apache.hadoop.hdfs.server.namenode.NameNode" },

        // Erlang.
        { "rabbitmq", "beam.smp", "/usr/lib/erlang/erts-13.1.5/bin/beam.smp -W w -MBas ageffcbf -pc unicode -- -root /usr/lib/erlang -bindir /usr/lib/erlang/erts-13.1.5/bin -progname erl -- -home /var/lib/rabbitmq -- -pa  -noshell -noinput -s rabbit boot -boot start_sasl -syslog logger []" },
        { "ejabberd", "beam.smp", "/usr/lib/erlang/erts-13.1.5/bin/beam.smp -K true -- -root /usr/lib/erlang -progname erl -- -home /var/lib/ejabberd -- -sname ejabberd@localhost -noinput -boot start_sasl -s ejabberd" },
        { "shop", "beam.smp", "/srv/shop/erts-14.2/bin/beam.smp -- -root /srv/shop -bindir /srv/shop/erts-14.2/bin -progname erl -- -home /home/shop -- -noshell -s elixir start_cli -mode embedded -setcookie hunter2 -sname web -config /srv/shop/releases/0.1.0/sys -boot /srv/shop/releases/0.1.0/start -boot_var RELEASE_LIB /srv/shop/lib -- -extra --no-halt" },
        { "couchdb", "beam.smp", "/opt/couchdb/erts-12/bin/beam.smp -- -root /opt/couchdb -progname couchdb -- -home /opt/couchdb -- -boot /opt/couchdb/releases/3.3.3/couchdb -name couchdb@127.0.0.1 -setcookie monster" },

        // Python.
        { "gunicorn", "gunicorn", "/usr/bin/python3 /usr/bin/gunicorn --workers 4 shop.wsgi:application" },
        { "uvicorn", "uvicorn", "/usr/bin/python3 /usr/bin/uvicorn --factory app.main:create --host 0.0.0.0" },
        { "celery", "python3", "/srv/shop/venv/bin/python3 -m celery -A shop worker --loglevel=INFO" },
        { "http.server", "python3", "python3 -m http.server 8000" },
        { "supervisord", "supervisord", "/usr/bin/python3 /usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf" },
        { "fail2ban-server", "fail2ban-server", "/usr/bin/python3 /usr/bin/fail2ban-server -xf start" },
        { "tuned", "tuned", "/usr/bin/python3 -Es /usr/sbin/tuned -l -P" },
        { "unattended-upgrade-shutdown", "unattended-upgrade-shutdown", "/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown --wait-for-signal" },
        { "homeassistant", "python3", "python3 -m homeassistant --config /config" },
        { "shop/manage.py", "python", "/srv/shop/.venv/bin/python /srv/shop/manage.py runserver 0.0.0.0:8000" },

        // JavaScript.
        { "pm2", "node", "node /usr/lib/node_modules/pm2/bin/pm2 start ecosystem.config.js" },
        { "billing/main.js", "node", "node --enable-source-maps /srv/billing/dist/main.js" },
        { "shipping/main.js", "node-MainThread", "/usr/bin/node --max-old-space-size=4096 /srv/shipping/current/dist/main.js" },
        { "kibana/dist", "node", "/usr/share/kibana/bin/../node/glibc-217/bin/node /usr/share/kibana/bin/../src/cli/dist" },
        { "next", "node", "node /srv/shop/node_modules/.bin/next start" },
        { "shop/server.ts", "deno", "deno run --allow-net --allow-env /srv/shop/server.ts" },
        { "shop/index.ts", "bun", "bun run /srv/shop/src/index.ts" },

        // Perl, PHP, .NET, R.
        { "spamd", "spamd", "/usr/bin/perl|-T -w|/usr/sbin/spamd|--pidfile=/run/spamd.pid" },
        { "munin-node", "munin-node", "/usr/bin/perl -wT /usr/sbin/munin-node --foreground" },
        { "shop/artisan", "php", "php /var/www/shop/artisan queue:work --tries=3" },
        { "shop/console", "php8.2", "/usr/bin/php8.2 /var/www/shop/bin/console messenger:consume async" },
        { "Payment.Api", "dotnet", "/usr/bin/dotnet /srv/payment/publish/Payment.Api.dll --urls http://*:80" },
        { "payment/Web", "dotnet", "dotnet /srv/payment/publish/Web.dll" },
        { "report.R", "R", "/usr/lib/R/bin/exec/R --no-echo --no-restore --file=/srv/stats/report.R --args 2026" },
        { "Sonarr", "mono", "/usr/bin/mono --debug /usr/lib/sonarr/bin/Sonarr.exe -nobrowser" },

        // Programs known by less than their name.
        { "prometheus-node-exporter", "prometheus-node-exporter", "/usr/bin/prometheus-node-exporter --collector.systemd" },
        { "varnishd", "cache-main", "/usr/sbin/varnishd -j unix,user=vcache -F -a :6081 -T localhost:6082 -f /etc/varnish/default.vcl" },
        { "dovecot/auth", "auth", "dovecot/auth" },
        { "dovecot/log", "log", "dovecot/log" },
        { "dovecot/config", "config", "dovecot/config" },
        { "postfix/master", "master", "/usr/lib/postfix/sbin/master -w" },
        { "qemu-system-x86_64", "qemu-system-x86_64", "/usr/bin/qemu-system-x86_64 -name guest=db" },
        { "datadog-agent/agent", "agent", "/opt/datadog-agent/bin/agent/agent run -p /opt/datadog-agent/run/agent.pid" },

        // Titles.
        { "sidekiq", "ruby3.1", "sidekiq 7 app [1 of 5 busy]||||" },
        { "puma", "ruby", "puma: cluster worker 0: 11342 [shop]|" },
        { "puma", "puma", "puma 6.4.2 (tcp://0.0.0.0:3000) [shop]|" },
        { "Passenger", "ruby", "Passenger RubyApp: /srv/shop (production)|" },
        { "unicorn", "ruby", "unicorn worker[0] -c /etc/unicorn.rb|" },
        { "resque", "ruby", "resque-2.0: Waiting for *|" },
        { "gunicorn", "gunicorn: master", "gunicorn: master [shop.wsgi:application]|" },
        { "airflow", "airflow scheduler", "airflow scheduler -- DagFileProcessorManager|" },
        { "celeryd", "[celeryd: celery@web1", "[celeryd: celery@web1:MainProcess] -active- (worker -A shop)|" },
        { "next-server", "next-server (v14", "next-server (v14.1.0)|||" },
        { "npm", "npm start", "npm start||" },
        { "billing/server.js", "node /srv/billing/server.js", "node /srv/billing/server.js|||" },
        { "amavisd", "amavisd (master)", "amavisd (master)|" },
        { "postgres", "postgres", "postgres: 15/main: checkpointer |" },
        { "nginx", "nginx", "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;|" },
        { "php-fpm8.2", "php-fpm8.2", "php-fpm: pool www|" },
        { "sshd", "sshd", "sshd: root@pts/0|" },

        // Names for which the kernel's is the best.
        { "tmux: server", "tmux: server", "tmux new -s main" },
        { "Web Content", "Web Content", "/usr/lib/firefox-esr/firefox-esr -contentproc -childID 3" },
        { "init", "init", "/sbin/init splash" },
    };

    /// <summary>Name, command name, arguments, working directory, unit.</summary>
    public static TheoryData<string, string, string, string?, string> Placed => new()
    {
        { "billing/main.js", "node", "node dist/main.js", "/srv/billing", "" },
        { "shipping/main.js", "node", "node dist/main.js", null, "shipping.service" },
        { "billing/main.js", "node", "node dist/main.js", "/srv/billing", "pm2-root.service" },
        { "main.js", "node", "node dist/main.js", "/app", "session-4.scope" },
        { "ghost/index.js", "node", "/usr/bin/node current/index.js", "/var/www/ghost", "" },
        { "billing", "node", "node .", "/srv/billing", "" },
        { "billing/server.js", "node", "/usr/bin/node /app/server.js", "/app", "billing.service" },
        { "payment/app", "java", "java -jar app.jar", "/srv/payment", "" },
        { "payment/app", "java", "java -jar app.jar", "/", "payment@2.service" },
        { "payment", "java", "java org.springframework.boot.loader.launch.JarLauncher", "/srv/payment", "" },
        { "billing/Main", "java", "java -cp classes Main", "/srv/billing", "" },
        { "shop/app.main", "python3", "python3 -m app.main", "/srv/shop", "" },
        { "shop/artisan", "php", "php artisan queue:work", "/var/www/shop/current", "" },
        { "shop/rails", "ruby", "ruby bin/rails runner x", "/srv/shop", "" },
        { "shop/Api", "dotnet", "dotnet Api.dll", "/srv/shop/publish", "" },
        { "billing/server", "server", "./server --port 80", "/srv/billing", "" },
        { "billing/server", "server", "server --port 80", "/somewhere/else", "billing.service" },
        { "billing/run.sh", "run.sh", "/bin/bash /srv/billing/run.sh", null, "" },
        { "node", "MainThread", "node -e 1", "/srv/billing", "billing.service" },
        { "cron", "cron", "/usr/sbin/cron -f", "/var/spool/cron", "cron.service" },
    };

    [Theory]
    [MemberData(nameof(Anywhere))]
    public void Of_RealCommandLine_IsWhatOperatorsCallIt(string name, string comm, string arguments)
        => Assert.Equal(name, ProgramName.Of(Processes.Of(comm, Split(arguments))));

    [Theory]
    [MemberData(nameof(Placed))]
    public void Of_NameThatSaysNothing_IsJoinedWithItsPlace(string name, string comm, string arguments, string? workingDirectory, string unit)
        => Assert.Equal(name, ProgramName.Of(Processes.Of(comm, Split(arguments), workingDirectory, unit)));

    [Theory]
    [InlineData("from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)")]
    [InlineData("from multiprocessing.resource_tracker import main;main(5)")]
    [InlineData("from multiprocessing.forkserver import main; main(6, 7, ['__main__'], **{})")]
    public void Of_WorkerOfMultiprocessing_IsItsParent(string code)
    {
        ProcessDescription uvicorn = Processes.Of("uvicorn", ["/usr/bin/python3", "/usr/bin/uvicorn", "app:app", "--workers", "4"]);
        ProcessDescription worker = Processes.Of("python3", ["/usr/bin/python3", "-c", code, "--multiprocessing-fork"], parent: uvicorn);
        Assert.Equal("uvicorn", ProgramName.Of(worker));
        Assert.Equal("uvicorn", ProgramName.Of(Processes.Of("python3", worker.Arguments.ToArray(), parent: worker)));

        // An orphan's parent is pid 1 or the user's service manager.
        Assert.Equal("python3", ProgramName.Of(Processes.Of("python3", worker.Arguments.ToArray(), parent: Processes.Of("systemd", ["/sbin/init"]))));
        Assert.Equal("python3", ProgramName.Of(Processes.Of("python3", worker.Arguments.ToArray())));
    }

    // Arguments with blanks in them are separated by bars; after a title the overwritten arguments are empty.
    private static string[] Split(string arguments) => arguments.Split(arguments.Contains('|', StringComparison.Ordinal) ? '|' : ' ');
}
