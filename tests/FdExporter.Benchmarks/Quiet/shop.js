// An application of two processes: reads files, and asks a back end over connections that it keeps.
'use strict';
const cluster = require('node:cluster');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');

if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
  cluster.on('exit', () => cluster.fork());
  process.on('SIGTERM', () => {
    cluster.removeAllListeners('exit');
    Object.values(cluster.workers).forEach(worker => worker.kill());
    process.exit(0);
  });
} else {
  const redis = net.connect(6379, '127.0.0.1');
  const forget = () => {};
  redis.on('error', forget);
  redis.on('data', forget);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 4 });
  http.createServer((request, response) => {
    if (redis.writable) {
      redis.write('INCR requests\r\n');
    }
    const back = http.get({ host: '127.0.0.1', port: 8108, path: '/index.html', agent, timeout: 3000 }, answer => {
      answer.resume();
      answer.on('end', () => fs.createReadStream(`${process.argv[2]}/index.html`).pipe(response));
    });
    back.on('timeout', () => back.destroy());
    back.on('error', () => { response.statusCode = 502; response.end(); });
  }).listen({ port: 8109, host: '127.0.0.1' }).keepAliveTimeout = 3000;
}
