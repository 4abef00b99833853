import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoRepository, type ProgramRun, quickstartRepository } from '../../rig/demo-repository.ts';

// One repository that goes through its life: each test starts from what the one before left.
describe('the main job, from specs to a verified catalog', () => {
  let demo: DemoRepository;
  let quickstart: () => ProgramRun;
  let first: ProgramRun;

  beforeAll(() => {
    ({ demo, quickstart } = quickstartRepository());
    first = quickstart();
  });
  afterAll(() => demo[Symbol.dispose]());

  it('builds, boots, tests, signs and commits both images, and a list', () => {
    expect(first.stderr).toContain('debian-12-base/smoke:2 done');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^reconcile: 2 built, 0 failed, 1 revised; commit [0-9a-f]{12}$/m);
    expect(first.stdout).toContain('deb.debian.org:443/tcp: allowed by debian-updates revision 1');
    expect(demo.git('status', '--porcelain')).toBe('');
    expect(image('debian-12-lab')).toMatchObject({ version: '1.2.0+1', supersedes: null });
    expect(image('debian-12-lab').smokeTests.every((test) => test.outcome === 'passed')).toBe(true);
  });

  it('verifies with every artifact of the store, and git verifies the commit', () => {
    const verified = demo.run('verify', '--artifacts');
    expect(verified.stdout, verified.stderr).toMatch(/^verify: sound at [0-9a-f]{12}$/m);
    const signers = join(demo.folder, 'allowed-signers');
    writeFileSync(signers, demo.run('keys', 'allowed-signers').stdout);
    const checked = spawnSync(
      'git',
      ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', 'HEAD'],
      {
        cwd: demo.path,
        encoding: 'utf8',
      },
    );
    expect(checked.stderr).toContain('Good "git" signature for sandkiln@localhost');
  });

  it('does nothing the second time', () => {
    const before = demo.git('rev-parse', 'HEAD');
    expect(quickstart()).toMatchObject({ exitCode: 0 });
    expect(demo.run('plan', '--detailed-exitcode').exitCode).toBe(0);
    expect(demo.run('reconcile')).toMatchObject({ exitCode: 0 });
    expect(demo.git('rev-parse', 'HEAD')).toBe(before);
  });

  it('publishes what other tools read: qcow2, ext4, OCI', () => {
    const folder = join(demo.folder, 'pulled');
    const pulled = demo.run('pull', 'debian-12-lab', '--attestations', '-o', `${folder}/`);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    verifyBundle(folder, 'provenance.sigstore.json');
    tool('qemu-img', 'check', join(folder, 'disk.qcow2'));
    tool('qemu-img', 'convert', '-O', 'raw', join(folder, 'disk.qcow2'), join(folder, 'disk.raw'));
    tool('e2fsck', '-fn', join(folder, 'disk.raw'));
    const archive = `oci-archive:${join(folder, 'image.oci.tar')}`;
    expect(JSON.parse(tool('skopeo', 'inspect', archive)).Layers).toHaveLength(2);
    expect(runContainer(archive, ['cat', '/etc/motd'])).toBe('lab\n');
    expect(runContainer(archive, ['/opt/agent'])).toContain('release=bookworm');
  });

  it('shares the layer of the parent with the child', () => {
    const layers = ['debian-12-base', 'debian-12-lab'].map((name) => {
      const file = join(demo.folder, `${name}.tar`);
      expect(demo.run('pull', name, '--artifact', 'image.oci.tar', '-o', file).exitCode).toBe(0);
      return JSON.parse(tool('skopeo', 'inspect', `oci-archive:${file}`)).Layers;
    });
    expect(layers[1][0]).toBe(layers[0][0]);
  });

  it('builds on when a file changes, without bootstrapping again', () => {
    demo.write('files/agent', `${demo.read('files/agent')}# changed\n`);
    demo.commit('Change the agent');
    expect(demo.run('plan').stdout).toContain('file files/agent: other content');
    const changed = demo.run('reconcile', '--output', 'json');
    expect(changed.exitCode, changed.stdout.slice(-2000)).toBe(0);
    expect(finished(changed)).toMatchObject({
      'debian-12-lab/bootstrap': 'cached',
      'debian-12-lab/customise': 'done',
      'debian-12-lab/pack:qcow2': 'done',
    });
    expect(Object.keys(finished(changed)).some((id) => id.startsWith('debian-12-base/'))).toBe(false);
    expect(image('debian-12-lab')).toMatchObject({ version: '1.2.0+2', supersedes: '1.2.0+1' });
  });

  it('keeps the image active whose successor fails its smoke test, and does not try the same inputs again', () => {
    const spec = demo.read('specs/images/debian-12-lab.yaml');
    demo.write('specs/images/debian-12-lab.yaml', spec.replace('mode: "0755"}}', 'mode: "0700"}}'));
    demo.commit('Expect another mode');
    const failed = demo.run('reconcile');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('agent script may run');
    expect(demo.run('status').stdout).toMatch(/debian-12-lab +1\.2\.0\+2 +1\.2\.0 +failed/);
    const head = demo.git('rev-parse', 'HEAD');
    const again = demo.run('reconcile');
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain('1 stalled');
    expect(demo.git('rev-parse', 'HEAD')).toBe(head);
    expect(demo.run('logs', 'debian-12-lab', '--stage', 'smoke:0').stdout).toContain('agent script may run');
    demo.write('specs/images/debian-12-lab.yaml', spec);
    demo.commit('Expect the right mode again');
    expect(demo.run('status').stdout).toMatch(/debian-12-lab +1\.2\.0\+2 +1\.2\.0 +ready/);
  });

  it('leaves a child alone whose parent gave the same tree', () => {
    const spec = demo.read('specs/images/debian-12-base.yaml');
    demo.write('specs/images/debian-12-base.yaml', spec.replace('is Debian 12,', 'is still Debian 12,'));
    demo.commit('Rename a smoke test of the base');
    expect(demo.run('plan').stdout).toMatch(/^\? SandboxImageSpec\/debian-12-lab: rebuild/m);
    const run = demo.run('reconcile');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/debian-12-base +equal +1\.0\.0\+1/);
    expect(run.stdout).toMatch(/debian-12-lab +not-needed/);
    expect(demo.run('plan', '--detailed-exitcode').exitCode).toBe(0);
    expect(demo.run('verify').exitCode).toBe(0);
  });

  it('loses nothing to the next commit of the user', () => {
    demo.write('notes.txt', 'mine\n');
    demo.commit('Add notes');
    expect(demo.git('show', '--stat', '--format=', 'HEAD')).not.toContain('catalog/');
    expect(demo.run('verify').exitCode).toBe(0);
  });

  it('gives the same bytes elsewhere, as root', () => {
    const rebuilt = demo.run('rebuild', '--check', 'debian-12-lab');
    expect(rebuilt.stdout, rebuilt.stderr).toContain('rebuild: debian-12-lab 1.2.0+2 is byte-identical');
  });

  it('gives the same bytes in the user namespace of a plain user', () => {
    using user = createUser();
    const home = user.home;
    tool(
      'cp',
      '--recursive',
      ...readdirSync(demo.folder)
        .filter((name) => ['repository', 'config', 'data'].includes(name))
        .map((name) => join(demo.folder, name)),
      home,
    );
    tool('chown', '--recursive', `${user.name}:${user.name}`, home);
    const rebuilt = user.run('rebuild', '--check', 'debian-12-lab');
    expect(rebuilt.stdout, rebuilt.stderr).toContain('rebuild: debian-12-lab 1.2.0+2 is byte-identical');
  });

  it('ends in good order on an interrupt: exit code 8, no process and no scratch folder left, nothing recorded', async () => {
    const spec = demo.read('specs/images/debian-12-base.yaml');
    demo.write('specs/images/debian-12-base.yaml', spec.replace('- udev', '- udev\n    - less'));
    demo.commit('Add a package');
    const head = demo.git('rev-parse', 'HEAD');
    const child = demo.start('reconcile');
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      told += chunk.toString('utf8');
      if (told.includes('bootstrap started')) {
        child.kill('SIGINT');
      }
    });
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(exitCode, told).toBe(8);
    expect(demo.git('status', '--porcelain')).toBe('');
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`sandkiln-${child.pid}-`))).toEqual([]);
    expect(
      tool('ps', '-eo', 'args')
        .split('\n')
        .filter((line) => line.includes('mmdebstrap')),
    ).toEqual([]);
    expect(demo.run('status').stdout).toMatch(/debian-12-base +1\.0\.0\+1 +1\.0\.0 +pending/);
    const recorded = demo.git('log', '--format=%s', `${head}..HEAD`);
    expect(recorded === '' || recorded.includes('cancelled')).toBe(true);
  });

  function image(name: string): RecordedImage {
    return JSON.parse(demo.run('get', name, '--output', 'json').stdout);
  }
});

interface RecordedImage {
  readonly version: string;
  readonly supersedes: string | null;
  readonly smokeTests: readonly { readonly outcome: string }[];
}

/** How each action of a run ended, by `<image>/<stage>`. */
function finished({ stdout }: ProgramRun): Readonly<Record<string, string>> {
  const ends: Record<string, string> = {};
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const event = JSON.parse(line);
    if (event.type === 'action-finished') {
      const { status, cached } = event.result;
      ends[event.action.split('/').slice(1).join('/')] =
        cached === true ? 'cached' : status === 'succeeded' ? 'done' : status;
    }
  }
  return ends;
}

function tool(file: string, ...argv: readonly string[]): string {
  return execFileSync(file, argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
}

/** Checks a bundle with a verifier that is not ours, against the key beside it. */
function verifyBundle(folder: string, name: string): void {
  const key = createPublicKey(readFileSync(join(folder, 'builder.pem')));
  const material = toTrustMaterial(
    { mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] },
    () => ({ publicKey: key, validFor: () => true }),
  );
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  const bundle = bundleFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  verifier.verify(toSignedEntity(bundle));
}

/** Runs a command in a container of the image: buildah in a chroot, which needs no engine. */
function runContainer(archive: string, command: readonly string[]): string {
  const storage = ['--storage-driver', 'vfs'];
  const container =
    tool('buildah', ...storage, 'from', '--pull', archive)
      .trim()
      .split('\n')
      .at(-1) ?? '';
  try {
    return tool('buildah', ...storage, 'run', '--isolation', 'chroot', container, '--', ...command);
  } finally {
    tool('buildah', ...storage, 'rm', container);
    tool('buildah', ...storage, 'rmi', '--all', '--force');
  }
}

interface PlainUser extends Disposable {
  readonly name: string;
  readonly home: string;
  run(...argv: readonly string[]): ProgramRun;
}

/** A user of the host with a range of subordinate ids. */
function createUser(): PlainUser {
  const name = `sandkiln${process.pid}`;
  tool('useradd', '--create-home', '--shell', '/bin/sh', name);
  const home = `/home/${name}`;
  const root = new URL('../../..', import.meta.url).pathname;
  return {
    name,
    home,
    run(...argv) {
      const environment = [
        `HOME=${home}`,
        `PATH=${process.env['PATH']}`,
        `XDG_CONFIG_HOME=${home}/config`,
        `XDG_DATA_HOME=${home}/data`,
        `XDG_CACHE_HOME=${home}/cache`,
      ];
      const program = [
        join(root, 'node_modules/node/bin/node'),
        join(root, 'bin/sandkiln.js'),
        '-C',
        `${home}/repository`,
      ];
      const { status, stdout, stderr } = spawnSync(
        'setpriv',
        [
          '--reuid',
          name,
          '--regid',
          name,
          '--init-groups',
          '--reset-env',
          'env',
          ...environment,
          ...program,
          ...argv,
        ],
        { encoding: 'utf8', maxBuffer: 2 ** 26 },
      );
      return { exitCode: status, stdout, stderr };
    },
    [Symbol.dispose]: () => void spawnSync('userdel', ['--remove', '--force', name], { stdio: 'ignore' }),
  };
}
