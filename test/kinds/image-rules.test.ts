import { describe, expect, test } from 'vitest';
import { resourceOf } from '../../src/engine/desired/resolve-desired.ts';
import { checkParent } from '../../src/kinds/sandbox-image-spec/check-parent.ts';
import { desiredOf, type Files, findingsOf } from '../rig/desired-files.ts';
import { documentText, imageText, oneImage } from '../rig/image-files.ts';

const boots = 'outputs: [rootfs, qcow2]';

/** What → the files, and code and place of all findings. */
const rules: Readonly<Record<string, readonly [files: Files, ...findings: readonly string[]]>> = {
  'no os and no parent': [
    { 'specs/images/a.yaml': imageText('a', 'version: "1"', boots) },
    'SK1201 specs/images/a.yaml:5:12',
  ],
  'a parent that does not publish rootfs': [
    {
      ...oneImage('outputs: [oci]'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', boots),
    },
    'SK1203 specs/images/b.yaml:6:9',
  ],
  'a file with content and source': [
    { ...oneImage(boots, 'files: [{path: /a, content: x, source: README}]'), README: 'x' },
    'SK1204 specs/images/a.yaml:8:42',
  ],
  'a file with neither': [oneImage(boots, 'files: [{path: /a}]'), 'SK1204 specs/images/a.yaml:8:18'],
  'a source above the repository': [
    oneImage(boots, 'files: [{path: /a, source: ../secret}]'),
    'SK1205 specs/images/a.yaml:8:30',
  ],
  'an absolute source': [
    oneImage(boots, 'files: [{path: /a, source: /etc/shadow}]'),
    'SK1205 specs/images/a.yaml:8:30',
  ],
  'a source with a dot step': [
    { ...oneImage(boots, 'files: [{path: /a, source: x/./y}]'), 'x/y': '' },
    'SK1205 specs/images/a.yaml:8:30',
  ],
  'a source that is not there': [
    oneImage(boots, 'files: [{path: /a, source: x}]'),
    'SK1206 specs/images/a.yaml:8:30',
  ],
  'a source that is a folder': [
    { ...oneImage(boots, 'files: [{path: /a, source: x}]'), 'x/y': '' },
    'SK1206 specs/images/a.yaml:8:30',
  ],
  'a source that is a symbolic link': [
    { ...oneImage(boots, 'files: [{path: /a, source: x}]'), x: '120000 /etc/shadow' },
    'SK1207 specs/images/a.yaml:8:30',
  ],
  'a source through a symbolic link': [
    { ...oneImage(boots, 'files: [{path: /a, source: x/shadow}]'), x: '120000 /etc' },
    'SK1207 specs/images/a.yaml:8:30',
  ],
  'a source in a submodule': [
    { ...oneImage(boots, 'files: [{path: /a, source: x/y}]'), x: '160000 module' },
    'SK1207 specs/images/a.yaml:8:30',
  ],
  'a path twice': [
    oneImage(boots, 'files:', '- {path: /a, content: x}', '- {path: /a, content: y}'),
    'SK1208 specs/images/a.yaml:10:12',
  ],
  'a user twice': [oneImage(boots, 'users: [{name: bob}, {name: bob}]'), 'SK1208 specs/images/a.yaml:8:31'],
  'a user id twice': [
    oneImage(boots, 'users: [{name: bob, uid: 1000}, {name: eve, uid: 1000}]'),
    'SK1208 specs/images/a.yaml:8:52',
  ],
  'a smoke test name twice': [
    oneImage(boots, 'smokeTests:', '- {name: x, file: {path: /a}}', '- {name: x, file: {path: /b}}'),
    'SK1208 specs/images/a.yaml:10:12',
  ],
  'a smoke test without probe': [
    oneImage(boots, 'smokeTests: [{name: x}]'),
    'SK1209 specs/images/a.yaml:8:23',
  ],
  'a smoke test with two probes': [
    oneImage(boots, 'smokeTests: [{name: x, file: {path: /a}, command: {run: [id]}}]'),
    'SK1209 specs/images/a.yaml:8:39',
  ],
  'a file probe in tier 1': [
    oneImage(boots, 'smokeTests: [{name: x, tier: 1, file: {path: /a}}]'),
    'SK1210 specs/images/a.yaml:8:32',
  ],
  'a port probe in tier 1': [
    oneImage(boots, 'packages: [qemu-guest-agent]', 'smokeTests: [{name: x, tier: 1, port: {number: 1}}]'),
    'SK1210 specs/images/a.yaml:9:32',
  ],
  'a booting test of an image that does not boot': [
    oneImage('outputs: [oci]', 'smokeTests: [{name: x, command: {run: [id]}}]'),
    'SK1211 specs/images/a.yaml:8:23',
  ],
  'tier 3 without boot loader': [
    oneImage(boots, 'packages: [qemu-guest-agent]', 'smokeTests: [{name: x, tier: 3, command: {run: [id]}}]'),
    'SK1212 specs/images/a.yaml:9:32',
  ],
  'reaching without a network card': [
    oneImage(
      boots,
      'packages: [qemu-guest-agent]',
      'network: {layout: none}',
      'smokeTests: [{name: x, reach: {address: 192.0.2.1, port: 1, reachable: false}}]',
    ),
    'SK1213 specs/images/a.yaml:10:43',
  ],
  'asking an agent that is not there': [
    oneImage(boots, 'smokeTests: [{name: x, guestAgent: ping}]'),
    'SK1214 specs/images/a.yaml:8:38',
  ],
  'a command in tier 2 without agent': [
    oneImage(boots, 'smokeTests: [{name: x, tier: 2, command: {run: [id]}}]'),
    'SK1214 specs/images/a.yaml:8:51',
  ],
  'an owner that nobody declares': [
    oneImage(boots, 'files: [{path: /a, content: x, owner: "bob:bob"}]'),
    'SK1215 specs/images/a.yaml:8:41',
  ],
  'a test as a user that nobody declares': [
    oneImage(boots, 'smokeTests: [{name: x, command: {as: bob, run: [id]}}]'),
    'SK1215 specs/images/a.yaml:8:40',
  ],
  'a warning after the end': [
    oneImage(boots, 'limits: {warnAfter: 30m, stopAfter: 10m}'),
    'SK1216 specs/images/a.yaml:8:23',
  ],
  'a machine without memory': [oneImage(boots, 'run: {memory: 1MiB}'), 'SK1217 specs/images/a.yaml:8:17'],
  'a unit enabled and disabled': [
    oneImage(boots, 'services: {enable: [ssh]}', 'hardening: {disableServices: [ssh.service]}'),
    'SK1218 specs/images/a.yaml:9:33',
  ],
  'a user of the base system': [
    oneImage(boots, 'users: [{name: daemon}]'),
    'SK1219 specs/images/a.yaml:8:18',
  ],
  'a user of the parent': [
    {
      ...oneImage(boots, 'users: [{name: bob}]'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', boots, 'users: [{name: bob}]'),
    },
    'SK1219 specs/images/b.yaml:8:18',
  ],
  'a variant on top of a parent': [
    {
      ...oneImage(boots),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', boots, 'variant: apt'),
    },
    'SK1220 specs/images/b.yaml:8:12',
  ],
  'no outputs': [oneImage('packages: [vim]'), 'SK1221 specs/images/a.yaml:5:12'],
  'outputs that were all removed': [
    {
      'profiles/p.yaml': documentText('BuildProfile', 'p', 'outputs: [oci]'),
      ...oneImage('buildProfile: p', 'outputs-: [oci]'),
    },
    'SK1221 specs/images/a.yaml:8:13',
  ],
};

describe('an image spec', () => {
  for (const [what, [files, ...findings]] of Object.entries(rules)) {
    test(`with ${what} gets ${findings.map((finding) => finding.slice(0, 6)).join(', ')}`, () => {
      const found = findingsOf(files).map(
        ({ code, place }) => `${code} ${place?.file}:${place?.start?.line}:${place?.start?.column}`,
      );
      expect(found).toEqual(findings);
    });
  }

  test('may ask the guest agent that an ancestor brings', () => {
    const files = {
      ...oneImage(boots, 'packages: [qemu-guest-agent]'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', boots),
      'specs/images/c.yaml': imageText(
        'c',
        'version: "1"',
        'from: b',
        boots,
        'smokeTests: [{name: x, guestAgent: ping}]',
      ),
    };
    expect(desiredOf(files).warnings).toEqual([]);
  });

  test('points into the profile that gave the wrong value', () => {
    const [finding] = findingsOf({
      'profiles/p.yaml': documentText('BuildProfile', 'p', 'files: [{path: /a, source: nothing}]'),
      ...oneImage(boots, 'buildProfile: p'),
    });
    expect(finding).toMatchObject({
      message: 'a: the source "nothing" is no file of the repository',
      place: { file: 'profiles/p.yaml', start: { line: 5, column: 30 } },
    });
  });

  test('with another os than its parent gets SK1202', () => {
    const desired = desiredOf({
      ...oneImage(boots),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', boots),
    });
    const child = resourceOf(desired, 'SandboxImageSpec', 'b');
    const parent = resourceOf(desired, 'SandboxImageSpec', 'a');
    const document = desired.documents.find(({ identity }) => identity.name === 'b');
    if (child === undefined || parent === undefined || document === undefined) {
      throw new Error('the images are not there');
    }
    // The schema knows one OS today, so that no document can name another.
    const other = {
      ...parent,
      spec: { ...parent.spec, os: { distribution: 'debian', release: 'trixie', architecture: 'amd64' } },
    };
    const findings = checkParent(child, document, { file: () => undefined, resource: () => other });
    expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([['SK1202', '/os']]);
  });
});
