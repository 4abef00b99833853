// `npm run quickstart`: installs what is missing, makes a demo repository and runs the main job in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
setUp({ forTests: false });

const node = join(root, 'node_modules', '.bin', 'node');
const sandkilnProgram = join(root, 'bin', 'sandkiln.js');
const demo = process.env.SANDKILN_QUICKSTART ?? join(homedir(), 'sandkiln-quickstart');
const isNew = !existsSync(join(demo, 'sandkiln.yaml'));

mkdirSync(demo, { recursive: true });
if (isNew) {
  heading(`a demo repository in ${demo}`);
  sandkiln('init', '--example');
  git('add', '--all');
  git(
    '-c',
    'user.name=You',
    '-c',
    'user.email=you@localhost',
    'commit',
    '--quiet',
    '--message=Describe two images and an allow-list',
  );
}
heading('plan: what has to happen');
sandkiln('plan');
heading('reconcile: build, boot, test, sign, commit');
sandkiln('reconcile');
heading('verify: every signature, digest and reference, and every artifact in the store');
sandkiln('verify', '--artifacts');
heading('allow-list: what decides about a destination');
sandkiln('allow-list', 'test', 'debian-updates', 'deb.debian.org:443');
heading('the commit and the catalog');
git('log', '--max-count=2', '--stat=100', '--format=%h %an: %s');
sandkiln('status');

process.stdout.write(`
Try next, in ${demo}:
  alias sandkiln=${sandkilnProgram}
  edit specs/images/debian-12-lab.yaml, commit, then: sandkiln plan
  sandkiln explain debian-12-lab          where every value comes from
  sandkiln pull debian-12-lab -o lab/     verify, then fetch the image
  sandkiln rebuild --check debian-12-base build again elsewhere and compare byte for byte
  sandkiln allow-list export debian-updates --to squid --out egress
                                          the list as a proxy reads it, never wider
`);

function sandkiln(...argv) {
  run(node, [sandkilnProgram, ...argv], `sandkiln ${argv.join(' ')}`);
}

function git(...argv) {
  run('git', ['--no-pager', ...argv], `git ${argv.join(' ')}`);
}

function run(command, argv, shown) {
  process.stdout.write(`$ ${shown}\n`);
  const { status } = spawnSync(command, argv, { cwd: demo, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    process.stderr.write(`quickstart: ${shown} ended with ${status}\n`);
    process.exit(status ?? 1);
  }
}

function heading(text) {
  process.stdout.write(`\n== ${text}\n`);
}
