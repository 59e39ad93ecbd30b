// Files that nobody closes and nobody refers to: the collector of garbage does, in each so many minutes.
// A line of input is a minute; the answer says that it is over.
'use strict';
const fs = require('node:fs/promises');
const lines = require('node:readline').createInterface({ input: process.stdin });
const [height, period] = process.argv.slice(2).map(Number);
let held = [];
process.removeAllListeners('warning');

async function live(minute) {
  for (let i = 0; i < height / period; i++) {
    held.push(await fs.open(__filename));
  }
  if (minute % period === period - 1) {
    held = [];
    global.gc();
    // It closes them on other threads.
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

(async () => {
  console.log('done');
  for await (const line of lines) {
    await live(Number(line));
    console.log('done');
  }
})();
