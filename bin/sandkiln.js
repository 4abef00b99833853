#!/usr/bin/env node
import module from 'node:module';

// An import of a built-in module looks at each of its exports, and so loads further ones that nobody asked for.
const require = module.createRequire(import.meta.url);
const { existsSync } = require('node:fs');
const { fileURLToPath } = require('node:url');

const neededByAll = [
  'child_process',
  'crypto',
  'fs/promises',
  'net',
  'os',
  'process',
  'stream/promises',
  'string_decoder',
  'timers/promises',
  'util',
  'zlib',
];

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.exitCode = runWithNode24();
} else {
  // V8 refuses code that was compiled under other flags, such as the code which Node brings of its own modules. So what
  // every command needs of these is loaded before a flag is changed.
  for (const name of neededByAll) {
    require(`node:${name}`);
  }
  const { setFlagsFromString } = require('node:v8');
  // What dies young gets two megabytes, where V8 would let it have a hundred, and the rest of the heap at most doubles
  // before it is collected. Work on trees alone takes about a tenth more CPU time by it, starting up none.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
  // A file is compiled as a whole, once: the compile cache keeps no function that is compiled when it is first called.
  setFlagsFromString('--no-lazy');
  module.enableCompileCache();
  const { main } = await import(program().href);
  process.exitCode = await main(process.argv.slice(2));
  // A process that ends by itself first takes its heap apart. What a slow reader has not taken yet is still written.
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) {
    process.exit();
  }
}

/** A checkout runs its sources; the published package holds what was built from them, as it is and joined. */
function program() {
  const urls = [
    new URL('../src/cli/main.ts', import.meta.url),
    new URL('../dist/joined/main.js', import.meta.url),
    new URL('../dist/cli/main.js', import.meta.url),
  ];
  return urls.find((url) => existsSync(url)) ?? urls[2];
}

/** An older Node starts the one that npm installed beside the sources. */
function runWithNode24() {
  const { spawnSync } = require('node:child_process');
  const { constants } = require('node:os');
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(`sandkiln needs Node 24 or newer; this is ${process.version}\n`);
    return 1;
  }
  const ignoreSignals = () => undefined;
  process.on('SIGINT', ignoreSignals).on('SIGTERM', ignoreSignals);
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
