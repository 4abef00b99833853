import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote, type HostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const base = 'SandboxImageSpec/base';
const child = 'SandboxImageSpec/child';
const otherDigest = `sha256:${'0'.repeat(64)}`;
const files = {
  'specs/images/base.yaml': quickImageText(
    'base',
    'packages: [one]',
    'smokeTests: [{name: is quick, file: {path: /etc/quick}}]',
  ),
  'specs/images/child.yaml': quickImageText('child', 'from: base', 'packages: [two]'),
};

/** What a host that builds may write, as loosely as it could. */
// biome-ignore lint/suspicious/noExplicitAny: these results are wrong in every way on purpose.
type Forged = any;

interface Forgery {
  readonly what: string;
  readonly code: string;
  readonly says: string;
  forge(result: Forged): void;
}

const output = (result: Forged, action: string) => {
  const [, name] = action.split('/');
  const change = result.changes.find((each: Forged) => each.change.resource.name === name);
  return change.actions[action].output;
};

const forgeries: readonly Forgery[] = [
  {
    what: 'a smoke test action is left out',
    code: 'SK3209',
    says: `the actions of ${base} are not those of the plan`,
    forge: (result) => delete result.changes[0].actions[`${base}/smoke:0`],
  },
  {
    what: 'a declared smoke test is left out',
    code: 'SK3209',
    says: 'its smoke test "is quick" was not run',
    forge: (result) => output(result, `${base}/smoke:0`).data.results.pop(),
  },
  {
    what: 'a smoke test that needs nothing of the host was not run',
    code: 'SK3209',
    says: 'its smoke test "is quick" was not run',
    forge: (result) => {
      output(result, `${base}/smoke:0`).data.results.at(-1).outcome = 'not-run';
    },
  },
  {
    what: 'a smoke test failed in an action that succeeded',
    code: 'SK3209',
    says: 'its smoke test "is quick" failed',
    forge: (result) => {
      output(result, `${base}/smoke:0`).data.results.at(-1).outcome = 'failed';
    },
  },
  {
    what: 'an output is left out',
    code: 'SK3209',
    says: 'it has no output rootfs',
    forge: (result) => {
      output(result, `${base}/pack:rootfs`).data.artifacts = [];
      output(result, `${base}/publish`).data.artifacts = [];
    },
  },
  {
    what: 'an artifact was packed by nobody',
    code: 'SK3209',
    says: 'its artifacts are not those that were packed',
    forge: (result) => {
      const { artifacts } = output(result, `${base}/publish`).data;
      artifacts.push({ ...artifacts[0], name: 'another.tar.zst' });
    },
  },
  {
    what: 'an artifact has another size',
    code: 'SK3207',
    says: 'bytes, not 5',
    forge: (result) => {
      output(result, `${base}/publish`).data.artifacts[0].sizeBytes = 5;
    },
  },
  {
    what: 'the tree is another one than the archive holds',
    code: 'SK3209',
    says: 'its tree is not the one in the archive that it publishes',
    forge: (result) => {
      output(result, `${base}/customise`).blobs.tree.digest = otherDigest;
      output(result, `${base}/publish`).data.tree.digest = otherDigest;
    },
  },
  {
    what: 'the size report is about something else',
    code: 'SK3209',
    says: 'its size report is not about its tree',
    forge: (result) => {
      output(result, `${base}/scan`).data.size.treeBytes = 1;
    },
  },
  {
    what: 'the SBOM is that of another image',
    code: 'SK3209',
    says: 'its SBOM is not about its tree',
    forge: (result) => {
      output(result, `${base}/scan`).blobs = output(result, `${child}/scan`).blobs;
    },
  },
  {
    what: 'the lock is that of another image',
    code: 'SK3209',
    says: 'its package lock answers another request',
    forge: (result) => {
      output(result, `${base}/publish`).data.lock = output(result, `${child}/publish`).data.lock;
    },
  },
  {
    what: 'the source date epoch is made up',
    code: 'SK3209',
    says: 'its source date epoch does not follow from its lock, parent or spec',
    forge: (result) => {
      output(result, `${base}/publish`).data.sourceDateEpoch = 1;
    },
  },
  {
    what: 'a child stands on something else than its parent',
    code: 'SK3209',
    says: 'it does not stand on its parent',
    forge: (result) => {
      output(result, `${child}/prepare`).data.lineage[0].archive.digest = otherDigest;
    },
  },
  {
    what: 'a run that went well is said to have failed',
    code: 'SK3209',
    says: 'the run ended otherwise',
    forge: (result) => {
      result.outcome = 'failed';
    },
  },
  {
    what: 'a change of the plan is hidden',
    code: 'SK3208',
    says: 'the changes are not those of the plan that the result names',
    forge: (result) => result.changes.pop(),
  },
  {
    what: 'the plan has another digest than its changes',
    code: 'SK3208',
    says: 'the changes are not those of the plan that the result names',
    forge: (result) => {
      result.plan.changes.pop();
      result.changes.pop();
    },
  },
  {
    what: 'a change has other inputs',
    code: 'SK3208',
    says: `the result for ${base} is of another change`,
    forge: (result) => {
      result.changes[0].change.inputs.spec = otherDigest;
    },
  },
  {
    what: 'another version built it',
    code: 'SK3208',
    says: 'was built by sandkiln "9.9.9"',
    forge: (result) => {
      result.engineVersion = '9.9.9';
    },
  },
  {
    what: 'the run is to come yet',
    code: 'SK3208',
    says: 'has times that do not follow each other',
    forge: (result) => {
      result.run = result.run.replace(/^\d{4}/, '2999');
    },
  },
  {
    what: 'a line is smuggled into what the commit message says',
    code: 'SK3207',
    says: '/run is not a run id',
    forge: (result) => {
      result.run = `${result.run}\nSandkiln-Plan: forged`;
    },
  },
  {
    what: 'the desired state is a revision that means something else elsewhere',
    code: 'SK3207',
    says: '/plan/desiredCommit is not a commit',
    forge: (result) => {
      result.plan.desiredCommit = 'HEAD';
    },
  },
];

async function resultsOf(hosts: HostsOnRemote): Promise<{ readonly out: string; readonly result: Forged }> {
  const builder = hosts.host({ keyless: true });
  const out = join(builder.folder, 'results');
  expect(await builder.run('build', '--out', out, '--with-blobs')).toMatchObject({ exitCode: 0 });
  return { out, result: JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) };
}

test('whatever a build host says that cannot be, nothing of it is signed', async () => {
  const hosts = createHostsOnRemote(files);
  hosts.builder.behave({ locksPackages: true });
  const { out, result } = await resultsOf(hosts);
  const recorder = hosts.host();
  for (const { what, code, says, forge } of forgeries) {
    const forged = structuredClone(result);
    forge(forged);
    writeFileSync(join(out, 'result.json'), JSON.stringify(forged));
    const refused = await recorder.run('record', out);
    expect(refused.stderr, what).toContain(code);
    expect(refused.stderr.replaceAll(/\s+/g, ' '), what).toContain(says);
    expect(refused.exitCode, what).toBe(1);
    expect(hosts.git('rev-list', '--count', 'main'), what).toBe('1');
  }
  expect(existsSync(join(recorder.folder, 'data/sandkiln/store')), 'what is refused stays outside').toBe(
    false,
  );
  writeFileSync(join(out, 'result.json'), JSON.stringify(result));
  expect(await recorder.run('record', out)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await recorder.run('verify', '--artifacts')).toMatchObject({ exitCode: 0 });
}, 180_000);

test('a result of a commit, or from a catalog, that nobody has taken up is not signed', async () => {
  const hosts = createHostsOnRemote(files);
  const author = hosts.host();
  author.git('switch', '--quiet', '--create', 'proposal');
  const policy = readFileSync(join(author.path, 'sandkiln.yaml'), 'utf8');
  // A commit may name the branch of its own catalog: that it is part of this branch says nothing.
  const proposed = author.push('take this', {
    'sandkiln.yaml': policy.replace(/^spec:\n/m, 'spec:\n  catalog: {branch: proposal}\n'),
  });
  const out = join(author.folder, 'results');
  expect(await author.run('build', '--out', out, '--with-blobs')).toMatchObject({ exitCode: 0 });
  const recorder = hosts.host();
  recorder.git('fetch', '--quiet', 'origin', 'proposal');
  const before = hosts.git('for-each-ref');
  const refused = await recorder.run('record', out);
  expect(refused.stderr).toContain('SK3208');
  expect(refused.stderr).toContain('not part of HEAD here');

  const { out: honest, result } = await resultsOf(hosts);
  result.plan.catalogCommit = proposed;
  writeFileSync(join(honest, 'result.json'), JSON.stringify(result));
  expect((await recorder.run('record', honest)).stderr).toContain('a catalog that is not of this branch');
  expect(hosts.git('for-each-ref')).toBe(before);
}, 60_000);

test('what the safeguards forbid to build is not recorded either', async () => {
  const hosts = createHostsOnRemote(files);
  const author = hosts.host();
  expect(await author.run('reconcile')).toMatchObject({ exitCode: 0 });
  const { result } = await resultsOf(hosts);
  author.git('rm', '--quiet', 'specs/images/child.yaml');
  author.push('no child any more', {});
  const plan = JSON.parse((await author.run('plan', '--output', 'json')).stdout);
  const changes = plan.changes.map((change: Forged) => ({ change, resource: null, actions: {} }));
  const out = temporaryFolder();
  writeFileSync(join(out, 'result.json'), JSON.stringify({ ...result, plan, changes }));
  const before = hosts.git('rev-parse', 'main');
  const refused = await author.run('record', out);
  expect(refused.stderr).toContain('SK3201');
  expect(hosts.git('rev-parse', 'main')).toBe(before);
}, 60_000);
