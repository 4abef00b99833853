// node --import test/rig/kill-at-write.mjs bin/sandkiln.js …: the program kills itself with SIGKILL at a write of its
// own. KILL_WRITE names a kind of writes, KILL_NUMBER which of that kind, KILL_MOMENT whether before it starts, after it
// has ended, or (git commands) while it runs. With WRITES_FILE, the kind of each write becomes a line of that file instead.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const { KILL_WRITE: kind, KILL_NUMBER: number, KILL_MOMENT: moment, WRITES_FILE: writesFile } = process.env;
const { appendFileSync } = fs;
const gitWrites = ['apply', 'fetch', 'push', 'read-tree', 'unpack-objects', 'update-index', 'update-ref'];
let count = 0;

for (const name of ['copyFile', 'link', 'rename', 'rm', 'unlink', 'writeFile']) {
  watch(promises, name, (path, target) => `${ownerOf(name === 'rename' ? target : path)} ${name}`);
}
// Opening a file to write it makes an empty one, which a stream of bytes then fills.
watch(promises, 'open', (path, flags) => (/[wa]/.test(String(flags)) ? `${ownerOf(path)} open` : undefined));
// Rows of the action cache are written at once.
for (const name of ['rename', 'writeFile']) {
  watchAtOnce(fs, `${name}Sync`, (path, target) => {
    const owner = ownerOf(name === 'rename' ? target : path);
    return owner === 'actions' ? `${owner} ${name}` : undefined;
  });
}
const handle = await promises.open('/dev/null');
const files = Object.getPrototypeOf(handle);
await handle.close();
// The journal is what appends through a handle, the store what synchronises through one.
watch(files, 'appendFile', () => 'journal appendFile');
watch(files, 'datasync', () => 'journal datasync');
watch(files, 'sync', () => 'store sync');
watchGit();
syncBuiltinESMExports();

function watch(owner, name, kindOf) {
  const original = owner[name];
  owner[name] = async function (...given) {
    const isPoint = begins(kindOf(...given));
    const result = await original.apply(this, given);
    endsAt(isPoint);
    return result;
  };
}

function watchAtOnce(owner, name, kindOf) {
  const original = owner[name];
  owner[name] = (...given) => {
    const isPoint = begins(kindOf(...given));
    const result = original(...given);
    endsAt(isPoint);
    return result;
  };
}

function watchGit() {
  const { spawn } = childProcess;
  childProcess.spawn = (file, given, options) => {
    const command = file === 'git' ? given.find((word) => gitWrites.includes(word)) : undefined;
    const isPoint = command !== undefined && begins(`git ${command}`);
    const child = spawn(file, given, options);
    child.on('exit', () => endsAt(isPoint));
    if (isPoint && moment === 'during') {
      die();
    }
    return child;
  };
}

function ownerOf(path) {
  const owners = [
    [/\/sandkiln\/store\//, 'store'],
    [/\/sandkiln\/blobs\//, 'cache'],
    [/\/sandkiln\/actions\//, 'actions'],
    [/\/\.git\/sandkiln\//, 'state'],
    [/\/\.git\/objects\//, 'object'],
  ];
  return owners.find(([pattern]) => pattern.test(String(path)))?.[1] ?? 'scratch';
}

function begins(name) {
  if (writesFile !== undefined && name !== undefined) {
    appendFileSync(writesFile, `${name}\n`);
  }
  if (name === undefined || name !== kind) {
    return false;
  }
  count += 1;
  const isPoint = count === Number(number);
  if (isPoint && moment === 'before') {
    die();
  }
  return isPoint;
}

function endsAt(isPoint) {
  if (isPoint && moment === 'after') {
    die();
  }
}

function die() {
  process.kill(process.pid, 'SIGKILL');
}
