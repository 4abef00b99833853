// Installs what a fresh machine lacks, and says so. Plain JavaScript for any Node >= 20: it runs before npm's packages are there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Debian packages with the command or file that shows that each is there. `needed` is for the main job, the rest for tests. */
const debianPackages = JSON.parse(readFileSync(join(root, 'scripts', 'debian-packages.json'), 'utf8'));

export function setUp({ forTests }) {
  installNpmPackages();
  installDebianPackages(
    forTests ? [...debianPackages.needed, ...debianPackages.tests] : debianPackages.needed,
  );
}

function installNpmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = join(root, 'node_modules', '.sandkiln-installed');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    say('installing npm packages (npm ci)');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  const node = join(root, 'node_modules', '.bin', 'node');
  if (spawnSync(node, ['--version']).status !== 0) {
    // npm versions that do not run install scripts leave this package without its binary.
    say('installing Node 24 beside the npm packages');
    run(process.execPath, ['installArchSpecificPackage.js'], join(root, 'node_modules', 'node'));
  }
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, wanted);
}

function installDebianPackages(packages) {
  const missing = packages
    .filter(({ shows }) => !shows.split('|').some(isThere))
    .map((entry) => entry.package);
  if (missing.length === 0) {
    return;
  }
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) {
    fail(`this is not Debian: install what these Debian packages hold, then try again: ${missing.join(' ')}`);
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !isThere('sudo')) {
    fail(`run as root, or install these Debian packages first: ${missing.join(' ')}`);
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  // Packages with a server in them do not start it in this run level (invoke-rc.d).
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const asRoot = (argv) => {
    const [command, ...rest] = isRoot ? argv : ['sudo', '-n', '-E', ...argv];
    return spawnSync(command, rest, {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  };
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', '--quiet', ...missing];
  let result = asRoot(['apt-get', 'update', '--quiet']);
  result = asRoot(install);
  if (result.status !== 0) {
    fail(`apt-get could not install ${missing.join(' ')}:\n${result.stderr}`);
  }
}

function isThere(name) {
  const folders = name.startsWith('/')
    ? ['']
    : [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

function run(command, argv, directory = root) {
  const result = spawnSync(command, argv, { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) {
    fail(`${command} ${argv.join(' ')} ended with ${result.status ?? result.signal ?? result.error}`);
  }
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUp({ forTests: process.argv.includes('--for-tests') });
}
