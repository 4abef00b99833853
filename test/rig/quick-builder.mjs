// A builder for tests: speaks the protocol of docs/builders.md and makes a small tree in milliseconds. Each package is
// a line of dpkg's status and a file. The file named by the first argument says how it behaves (see quick-images.ts).
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const control = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const request = JSON.parse(readFileSync(0, 'utf8'));
appendFileSync(control.log, `${JSON.stringify({ request, environment: process.env, pid: process.pid })}\n`);

if (request.operation === 'describe') {
  tell({
    type: 'description',
    protocol: 1,
    program: 'quick-builder',
    version: control.version,
    locksPackages: control.locksPackages,
    reproducible: true,
    tools: { node: process.versions.node },
  });
  tell({ type: 'finished' });
} else if (control.behaviour === 'fail') {
  tell({
    type: 'failed',
    code: 'NO-ROOM',
    message: 'the kiln is full',
    hint: 'empty it',
    failure: 'stalled',
  });
  process.exitCode = 1;
} else if (control.behaviour === 'hang') {
  tell({ type: 'log', text: 'waiting for nothing' });
  setInterval(() => {}, 1 << 30);
} else if (control.behaviour === 'hold') {
  while (JSON.parse(readFileSync(process.argv[2], 'utf8')).behaviour === 'hold') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  request.operation === 'lock' ? lock() : build();
} else if (control.behaviour === 'nonsense') {
  process.stdout.write('Reading package lists... Done\n');
} else if (request.operation === 'lock') {
  lock();
} else {
  build();
}

function lock() {
  const packages = request.spec.packages.map((name) => {
    const file = `${name}.pkg`;
    const digest = write(file, `package ${name}\n`);
    tell({ type: 'output', name: 'file', path: file, digest });
    return {
      name,
      version: '1.0',
      architecture: 'all',
      source: name,
      sourceVersion: '1.0',
      digest,
      sizeBytes: Buffer.byteLength(`package ${name}\n`),
      poolPath: `pool/${name}.pkg`,
      suite: 'quick',
      requested: true,
    };
  });
  const text = JSON.stringify({ sourceDateEpoch: 1_600_000_000, indexes: [], packages });
  tell({ type: 'output', name: 'lock', path: 'lock.json', digest: write('lock.json', text) });
  tell({ type: 'finished' });
}

function build() {
  const status = request.spec.packages
    .map(
      (name) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0\nMaintainer: Ada\nDescription: ${name}\n\n`,
    )
    .join('');
  const files = {
    'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Quick 12"\n',
    'var/lib/dpkg/status': status,
    'etc/quick': `${control.content}\n`,
    ...Object.fromEntries(request.spec.packages.map((name) => [`usr/share/${name}/README`, `${name}\n`])),
  };
  if (request.parentTree !== null) {
    files['etc/parent-bytes'] = `${readFileSync(request.parentTree).length}\n`;
  }
  tell({ type: 'progress', done: 1, total: 1, text: 'made the tree' });
  tell({ type: 'output', name: 'tree', path: 'tree.tar', digest: write('tree.tar', tarOf(files)) });
  tell({ type: 'finished' });
}

function write(path, bytes) {
  mkdirSync(request.scratch, { recursive: true });
  writeFileSync(join(request.scratch, path), bytes);
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function tell(event) {
  writeFileSync(1, `${JSON.stringify(event)}\n`);
}

/** ustar, numbers in octal. The time is the clock's: what keeps it out of images is not this program. */
function tarOf(files) {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const bytes = Buffer.from(text);
    const header = Buffer.alloc(512);
    const put = (offset, value) => header.write(value, offset, 'latin1');
    put(0, name);
    put(100, '0000644\0');
    put(108, '0000000\0');
    put(116, '0000000\0');
    put(124, `${bytes.length.toString(8).padStart(11, '0')}\0`);
    put(
      136,
      `${Math.floor(Date.now() / 1000)
        .toString(8)
        .padStart(11, '0')}\0`,
    );
    put(148, '        ');
    put(156, '0');
    put(257, 'ustar\0');
    put(263, '00');
    put(
      148,
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
