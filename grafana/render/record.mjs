// Starts the exporter, leaks of LeakLab and Prometheus on loopback, waits until the leak has grown, and asks what the
// dashboards ask. Everything is ended by its pid. One minute stands for an hour of the rules: each duration is 60 times shorter.
//
// There is one machine, so eleven more are made up for the fleet: the relay hands Prometheus the exporter's own answer twelve
// times, eleven of them with the counts multiplied and without some programs. web-1, the host dashboard, is as it is.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.title = 'relay';
const seconds = Number(process.env.SECONDS_TO_RECORD ?? 235);
const root = join(import.meta.dirname, '..', '..');
const lab = join(root, 'tests/LeakLab/bin/Release/net10.0/leaklab');
const children = [];
const folder = mkdtempSync(join(tmpdir(), 'fd-exporter-render-'));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function start(program, args, said) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return new Promise((done, failed) => {
    let output = '';
    const read = (chunk) => {
      output = (output + chunk).slice(-20000);
      const match = said?.exec(output);
      if (match) done(match);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`${program} ended with ${code}: ${output}`)));
    if (!said) done(child);
  });
}
const leak = (args, limit) => limit
  ? start('prlimit', [`--nofile=${limit}`, lab, ...args, '--until-stdin-closes'])
  : start(lab, [...args, '--until-stdin-closes']);
const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

// name, how many times more of everything, without the leak
const machines = [['web-1', 1], ['web-2', 0.94], ['web-3', 0.81], ['web-4', 0.46], ['web-5', 0.37, true], ['web-6', 0.31, true], ['db-1', 0.29, true],
  ['db-2', 0.24, true], ['mail-1', 0.16], ['batch-1', 0.19, true], ['batch-2', 0.13, true], ['edge-1', 0.1, true]];
const counted = /^(fd_system_handles_allocated|fd_group_open_fds|fd_group_fds|fd_tcp_sockets|fd_group_tcp_sockets|fd_close_wait_sockets|fd_close_wait_aged_sockets|fd_process_open_fds|fd_process_tcp_sockets|fd_group_max_process_open_fds|fd_group_max_process_fd_ratio|fd_connections|fd_ephemeral_ports_used|fd_user_inotify_instances|fd_listener_queued_connections|fd_unanswered_connections|fd_group_sockets|fd_group_unix_sockets|fd_group_deleted_files_bytes)\b/;
function machine(text, [name, factor, healthy]) {
  if (factor === 1) return text;
  return text.split('\n').filter((line) => !(healthy && /"(appserver|gateway)"/.test(line))).map((line) => {
    const blank = line.lastIndexOf(' ');
    if (name === 'edge-1' && line.startsWith('fd_exporter_processes{')) {
      return line.slice(0, blank + 1) + (line.includes('full') ? 5 : 12);
    }
    if (!counted.test(line)) return line;
    const value = Number(line.slice(blank + 1)) * factor * (healthy && line.startsWith('fd_system_handles') ? 0.3 : 1);
    return line.slice(0, blank + 1) + (line.includes('ratio') ? value : Math.round(value));
  }).join('\n');
}

try {
  const [, exporter] = await start(join(root, 'src/FdExporter/bin/Release/net10.0/fd-exporter'), ['--web.listen-address=127.0.0.1:0'], /msg="Listening on" address=(\S+)/);
  await leak(['close-wait', '--count', '14400', '--rate', '60', '--name', 'appserver'], 16384);
  // More of the same program, for its dashboard.
  await leak(['server-close-wait', '--count', '60', '--name', 'appserver', '--port', '9702']);
  await leak(['established', '--count', '90', '--name', 'appserver', '--port', '5432']);
  await leak(['unix-peer-closed', '--count', '40', '--name', 'appserver']);
  await leak(['deleted', '--count', '1', '--bytes', '200000000', '--directory', folder, '--name', 'appserver']);
  await leak(['server-close-wait', '--count', '160', '--no-read', '--name', 'gateway', '--port', '8443']);
  await leak(['close-wait', '--count', '35', '--unread', '200', '--name', 'reporting']);
  await leak(['not-accepted', '--count', '24', '--name', 'imapd', '--port', '1143']);
  await leak(['established', '--count', '420', '--name', 'nginx']);
  await leak(['fds', '--type', 'pipe', '--count', '190', '--name', 'mailer'], 512);
  await leak(['fds', '--type', 'eventpoll', '--type', 'eventfd', '--count', '120', '--name', 'metrics-agent']);
  await leak(['fds', '--type', 'file', '--count', '900', '--name', 'postgres']);
  await leak(['processes', '--processes', '30', '--fds', '12', '--name', 'cron']);
  await leak(['udp', '--count', '300', '--name', 'resolver', '--port', '5353']);
  await leak(['unix-peer-closed', '--count', '120', '--name', 'dbus-broker']);
  await leak(['deleted', '--count', '3', '--bytes', '300000000', '--directory', folder, '--name', 'rsyslogd']);
  await leak(['inotify', '--count', '90', '--watches', '50', '--name', 'watcher']);

  const relay = createServer(async (request, response) => {
    const which = machines.find(([name]) => request.url === `/${name}/metrics`);
    try {
      const answer = await fetch(`${exporter}/metrics`);
      response.writeHead(200, { 'Content-Type': answer.headers.get('content-type') }).end(machine(await answer.text(), which));
    } catch {
      // One scrape without an answer; the exporter closes idle connections.
      response.writeHead(503).end();
    }
  });
  await new Promise((done) => relay.listen(0, '127.0.0.1', done));

  const rules = readFileSync(join(root, 'deploy/prometheus/fd-exporter.rules.yml'), 'utf8');
  writeFileSync(join(folder, 'rules.yml'), rules.replace(/(?<=\[|\[\w+:|\boffset |\b(?:for|interval): )(\d+)([mh])\b/g, (_, number, unit) => `${number * (unit === 'h' ? 60 : 1)}s`));
  const targets = machines.map(([name]) => `      - {targets: ['127.0.0.1:${relay.address().port}'], labels: {instance: '${name}:10070', __metrics_path__: /${name}/metrics}}`);
  writeFileSync(join(folder, 'prometheus.yml'), `global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs:
  - job_name: fd-exporter
    # As root this runs in a pid namespace of its own, and a guest has no share of the machine's handles.
    metric_relabel_configs: [{source_labels: [__name__], regex: fd_exporter_view_partial, action: drop}]
    static_configs:
${targets.join('\n')}
      - {targets: ['127.0.0.1:${await freePort()}'], labels: {instance: 'edge-2:10070'}}
`);
  const port = await freePort();
  await start('prometheus', [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`], /ready to receive web requests/i);
  const began = Date.now() / 1000;

  // A log that is deleted and never reopened: two more every second.
  const shipper = await start('bash', []);
  shipper.stdin.write('echo -n log-shipper > /proc/$$/comm\n');
  for (let i = 0; Date.now() / 1000 < began + seconds; i++) {
    const log = join(folder, `log-${i}`);
    writeFileSync(log, '');
    shipper.stdin.write(`exec {one}< ${log} {two}< ${log}\n`);
    await sleep(1000);
    rmSync(log);

    // The kernel gives up a connection that nobody answers after two minutes.
    if (i === seconds - 110) {
      await leak(['connecting', '--count', '60', '--name', 'crawler', '--port', '9443']);
      await leak(['connecting', '--count', '25', '--name', 'appserver', '--port', '6379']);
      await leak(['listener-full', '--count', '90', '--backlog', '64', '--name', 'appserver', '--port', '8080']);
      await leak(['listener-full', '--count', '150', '--backlog', '128', '--name', 'php-fpm', '--port', '9000']);
    }
    process.stderr.write(`\rrecording: ${Math.round(began + seconds - Date.now() / 1000)} s left  `);
  }
  process.stderr.write('\n');

  const now = Math.floor(Date.now() / 1000) - 1;
  const from = Math.ceil(began) + 2;
  const ask = async (path) => {
    const answer = await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json();
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  const recorded = { from: from * 1000, to: now * 1000, dashboards: {} };
  for (const name of ['fleet', 'host', 'program']) {
    const dashboard = JSON.parse(readFileSync(join(root, `grafana/dashboards/fd-exporter-${name}.json`), 'utf8'));
    const fill = (expression) => expression.replaceAll('$__rate_interval', '4s').replaceAll('$__range', `${now - from}s`)
      .replaceAll('$job', 'fd-exporter').replaceAll('$instance', name === 'host' ? 'web-1:10070' : '.+').replaceAll('$group', name === 'program' ? 'appserver' : '.+');
    const panels = {};
    for (const panel of dashboard.panels.filter((each) => each.type !== 'row')) {
      panels[panel.id] = await Promise.all(panel.targets.map(async (target) => (await ask(target.instant
        ? `query?query=${encodeURIComponent(fill(target.expr))}&time=${now}`
        : `query_range?query=${encodeURIComponent(fill(target.expr))}&start=${from}&end=${now}&step=1`)).result));
    }
    recorded.dashboards[name] = { panels };
  }
  writeFileSync(join(import.meta.dirname, 'build', 'recorded.json'), JSON.stringify(recorded));
  relay.close();
} finally {
  for (const child of children.reverse()) child.removeAllListeners('exit').kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode !== null || child.signalCode !== null ? null : new Promise((done) => child.once('exit', done))));
  rmSync(folder, { recursive: true });
}
process.exit(0);
