// Serves the built page on loopback, draws the dashboards in dark and light, and writes the dark pictures to grafana.
import { createServer } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import UPNG from 'upng-js';

const here = import.meta.dirname;
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff' };
const roots = [['/public/', join(here, 'node_modules/@grafana/ui/dist/public')], ['/fd-exporter-', join(here, '../dashboards/fd-exporter-')], ['/recorded.json', join(here, 'build/recorded.json')], ['/', join(here, 'build/site/')]];
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  const [prefix, root] = roots.find(([each]) => path.startsWith(each));
  const file = root.endsWith('.json') ? root : prefix === '/public/' ? join(root, path.slice(prefix.length)) : root + (path === '/' ? 'index.html' : path.slice(prefix.length));
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const dashboard of ['host', 'fleet', 'program']) {
    for (const theme of ['dark', 'light']) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 4000 } });
      page.on('pageerror', (error) => console.error(`${dashboard} ${theme}: ${error.stack}`));
      await page.goto(`http://127.0.0.1:${server.address().port}/?dashboard=${dashboard}&theme=${theme}`);
      await page.waitForFunction(() => document.title === 'drawn', null, { timeout: 60000 });
      const drawn = await page.locator('#root').screenshot();
      writeFileSync(join(here, 'build', `${dashboard}-${theme}.png`), drawn);
      if (theme === 'dark') {
        const image = UPNG.decode(drawn);
        writeFileSync(join(here, '..', `${dashboard}.png`), Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, 128)));
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  server.close();
}
