#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.exitCode = runWithNode24();
} else {
  // What dies young gets two megabytes, where V8 would let it have a hundred, and the rest of the heap at most doubles
  // before it is collected. Work on trees alone takes about a tenth more CPU time by it, starting up none.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
  module.enableCompileCache();
  const { main } = await import(program().href);
  process.exitCode = await main(process.argv.slice(2));
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
