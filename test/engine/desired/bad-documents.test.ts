import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/engine/desired/parse-document.ts';
import { resolveDesired } from '../../../src/engine/desired/resolve-desired.ts';
import { allKinds, findingsOf } from '../../rig/desired-files.ts';
import { documentText, imageText, oneImage } from '../../rig/image-files.ts';

const valid = 'outputs: [qcow2]';

/** What → the document, the code, and file:line:column of the finding. */
const documents: Readonly<Record<string, readonly [text: string | Uint8Array, code: string, at: string]>> = {
  'a file of 10 MB': ['a'.repeat(10_000_000), 'SK1001', 'x.yaml'],
  'a file that is not UTF-8': [Buffer.from([0x61, 0x3a, 0x0a, 0x62, 0xff]), 'SK1002', 'x.yaml:2:2'],
  'a byte order mark': ['\ufeffa: 1\n', 'SK1003', 'x.yaml:1:1'],
  'UTF-16': [Buffer.from('\ufeffa: 1\n', 'utf16le'), 'SK1003', 'x.yaml:1:1'],
  'a NUL': ['a: 1\nb: x\u0000y\n', 'SK1004', 'x.yaml:2:5'],
  'an escape character': ['a: \u001b[31m\n', 'SK1004', 'x.yaml:1:4'],
  'an open quote': ['a: "b\n', 'SK1005', 'x.yaml:1:6'],
  'an open bracket': ['a: [1, 2\nb: 3\n', 'SK1005', 'x.yaml:2:1'],
  'a wrong indentation': ['a:\n    b: 1\n  c: 2\n', 'SK1005', 'x.yaml:3:1'],
  'a tab as indentation': ['a:\n\tb: 1\n', 'SK1006', 'x.yaml:2:1'],
  'an alias': ['a: *b\n', 'SK1007', 'x.yaml:1:4'],
  'an anchor': ['a: &b 1\n', 'SK1007', 'x.yaml:1:4'],
  'an alias bomb': ['a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n', 'SK1007', 'x.yaml:1:4'],
  'a tag': ['a: !!binary eA==\n', 'SK1008', 'x.yaml:1:4'],
  'a directive': ['%YAML 1.1\n---\na: yes\n', 'SK1009', 'x.yaml:1:1'],
  'two documents': ['a: 1\n---\nb: 2\n', 'SK1010', 'x.yaml:2:1'],
  'an empty file': ['', 'SK1011', 'x.yaml:1:1'],
  'comments alone': ['# nothing\n', 'SK1011', 'x.yaml:1:1'],
  'a list at the top': ['- a\n', 'SK1011', 'x.yaml:1:1'],
  'a duplicate key': ['a: 1\nb: {c: 1, d: 2, c: 3}\n', 'SK1012', 'x.yaml:2:17'],
  'a duplicate __proto__ key': ['__proto__: 1\n__proto__: 2\n', 'SK1012', 'x.yaml:2:1'],
  'a merge key': ['a:\n  <<: {b: 1}\n', 'SK1013', 'x.yaml:2:3'],
  'a number as a key': ['a: {80: x}\n', 'SK1014', 'x.yaml:1:5'],
  'a list as a key': ['? [a]\n: 1\n', 'SK1014', 'x.yaml:1:3'],
  'an integer of 20 digits': ['a: 12345678901234567890\n', 'SK1015', 'x.yaml:1:4'],
  'an infinite number': ['a: .inf\n', 'SK1015', 'x.yaml:1:4'],
  'a number that overflows': ['a: 1e999\n', 'SK1015', 'x.yaml:1:4'],
  'deep flow nesting': [`a: ${'['.repeat(100_000)}`, 'SK1016', 'x.yaml:1:66'],
  'deep block nesting': [`${'- '.repeat(100_000)}x\n`, 'SK1016', 'x.yaml:1:127'],
  'half a surrogate pair': ['a: "\\ud800"\n', 'SK1018', 'x.yaml:1:4'],
};

describe('a document that cannot be read', () => {
  for (const [what, [text, code, at]] of Object.entries(documents)) {
    test(`${what} is ${code}`, () => {
      const result = parseDocument({ path: 'x.yaml', bytes: Buffer.from(text) });
      expect(result.ok ? [] : result.diagnostics.map(seen)[0]).toEqual([code, at]);
    });
  }
});

/** What → the files, and code and place of all findings. */
const repositories: Readonly<
  Record<string, readonly [files: Record<string, string>, ...findings: readonly string[]]>
> = {
  'no apiVersion': [{ 'specs/images/a.yaml': 'kind: SandboxImageSpec\n' }, 'SK1101 specs/images/a.yaml:1:1'],
  'another apiVersion': [
    { 'profiles/a.yaml': 'apiVersion: sandkiln/v2\nkind: X\n' },
    'SK1101 profiles/a.yaml:1:13',
  ],
  'an unknown kind': [{ 'profiles/a.yaml': documentText('BuildProfil', 'a') }, 'SK1102 profiles/a.yaml:2:7'],
  'an unknown field': [oneImage(valid, 'pacakges: [vim]'), 'SK1103 specs/images/a.yaml:8:3'],
  'an unknown field in a list item': [
    oneImage(valid, 'users:\n  - name: bob\n    shel: /bin/sh'),
    'SK1103 specs/images/a.yaml:10:7',
  ],
  'a __proto__ field': [oneImage(valid, '__proto__: {outputs: [oci]}'), 'SK1103 specs/images/a.yaml:8:3'],
  'a missing field': [
    { 'specs/images/a.yaml': imageText('a', valid, 'from: b') },
    'SK1112 specs/images/a.yaml:6:9',
    'SK1104 specs/images/a.yaml:4:1',
  ],
  'a version that is a number': [
    { 'specs/images/a.yaml': imageText('a', 'version: 1.10', valid) },
    'SK1105 specs/images/a.yaml:5:12',
  ],
  'a mode that is a number': [
    oneImage(valid, 'files: [{path: /a, content: a, mode: 0644}]'),
    'SK1105 specs/images/a.yaml:8:40',
  ],
  'a list that is a text': [oneImage(valid, 'packages: vim'), 'SK1105 specs/images/a.yaml:8:13'],
  'an empty section': [oneImage(valid, 'disk:'), 'SK1105 specs/images/a.yaml:8:3'],
  'an output that does not exist': [oneImage('outputs: [qcow]'), 'SK1106 specs/images/a.yaml:7:13'],
  'a package name with a shell character': [
    oneImage(valid, 'packages: ["a;reboot"]'),
    'SK1107 specs/images/a.yaml:8:14',
  ],
  'a name in upper case': [
    { 'profiles/a.yaml': documentText('RunProfile', 'Big') },
    'SK1107 profiles/a.yaml:3:18',
  ],
  'a size without unit': [oneImage(valid, 'run: {memory: "512"}'), 'SK1107 specs/images/a.yaml:8:17'],
  'a sysctl key with a blank': [
    oneImage(valid, 'hardening: {sysctl: {"a b": "1"}}'),
    'SK1107 specs/images/a.yaml:8:24',
  ],
  'too many CPUs': [oneImage(valid, 'run: {cpus: 65}'), 'SK1108 specs/images/a.yaml:8:15'],
  'a package named twice': [oneImage(valid, 'packages: [vim, curl, vim]'), 'SK1109 specs/images/a.yaml:8:25'],
  'an image among the profiles': [
    { 'profiles/a.yaml': imageText('a', 'version: 1.0.0', 'outputs: [qcow2]') },
    'SK1110 profiles/a.yaml:2:7',
  ],
  'a second policy': [{ 'profiles/b.yaml': documentText('Repository', 'b') }, 'SK1110 profiles/b.yaml:2:7'],
  'one identity twice': [
    {
      'profiles/a.yaml': documentText('RunProfile', 'a'),
      'profiles/b/a.yaml': documentText('RunProfile', 'a'),
    },
    'SK1111 profiles/b/a.yaml:3:18',
  ],
  'an unknown profile': [oneImage(valid, 'buildProfile: vm'), 'SK1112 specs/images/a.yaml:8:17'],
  'an unknown parent': [oneImage(valid, 'from: b'), 'SK1112 specs/images/a.yaml:8:9'],
  'an extends cycle': [
    {
      'profiles/a.yaml': documentText('RunProfile', 'a', 'extends: b'),
      'profiles/b.yaml': documentText('RunProfile', 'b', 'extends: a'),
    },
    'SK1113 profiles/a.yaml:5:12',
  ],
  'a profile that extends itself': [
    { 'profiles/a.yaml': documentText('BuildProfile', 'a', 'extends: a') },
    'SK1113 profiles/a.yaml:5:12',
  ],
  'a from cycle': [
    {
      'specs/images/a.yaml': imageText('a', 'version: "1"', 'from: b'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: c'),
      'specs/images/c.yaml': imageText('c', 'version: "1"', 'from: a'),
    },
    'SK1114 specs/images/a.yaml:6:9',
  ],
  'a list that is both replaced and appended to': [
    oneImage(valid, 'packages: [vim]', 'packages+: [curl]'),
    'SK1115 specs/images/a.yaml:9:3',
  ],
  'an item removed in vain': [oneImage(valid, 'packages-: [vim]'), 'SK1116 specs/images/a.yaml:8:15'],
};

describe('a repository with a defect', () => {
  for (const [what, [files, ...findings]] of Object.entries(repositories)) {
    test(`${what} is ${findings.map((finding) => finding.slice(0, 6)).join(', ')}`, () => {
      const found = findingsOf(files).map((finding) => seen(finding).join(' '));
      expect(found.toSorted()).toEqual(findings.toSorted());
    });
  }

  test('a repository without sandkiln.yaml has the defaults and a warning that names init', () => {
    const desired = resolveDesired([], allKinds, () => undefined);
    expect(desired.ok && desired.value.warnings[0]).toMatchObject({
      code: 'SK1117',
      hint: 'run sandkiln init to write one',
    });
    expect(desired.ok && desired.value.repository.spec).toMatchObject({
      safeguards: { maxRetirePercent: 10 },
    });
  });

  test('all findings of all files come in one go, sorted by file and position', () => {
    const places = findingsOf({
      'specs/images/b.yaml': imageText('b', 'version: 1.10', 'outputs: [vhd]', 'form: c'),
      'profiles/x.yaml': 'a: [\n',
      'specs/images/a.yaml': imageText('a', 'version: 2', 'from: nothing'),
    }).map((finding) => seen(finding)[1]);
    expect(places).toEqual([
      'profiles/x.yaml:1:5',
      'specs/images/a.yaml:5:12',
      'specs/images/a.yaml:6:9',
      'specs/images/b.yaml:5:12',
      'specs/images/b.yaml:6:13',
      'specs/images/b.yaml:7:3',
    ]);
  });
});

describe('a finding', () => {
  test('says how a version has to be written', () => {
    const [finding] = findingsOf({ 'specs/images/a.yaml': imageText('a', 'version: 1.10', valid) });
    expect(finding?.message).toBe('spec.version is the number 1.1; it must be a string');
    expect(finding?.hint).toContain('write it in quotes: "1.10"');
  });

  test('names the field that was meant and the object that it is in', () => {
    const [finding] = findingsOf(oneImage(valid, 'disk: {bootloader: grub}'));
    expect(finding).toMatchObject({
      message: 'unknown field "bootloader" in spec.disk',
      hint: 'did you mean bootLoader?',
      place: {
        start: { line: 8, column: 10 },
        end: { line: 8, column: 20 },
        sourceLine: '  disk: {bootloader: grub}',
      },
    });
  });

  test('names the profile that was meant', () => {
    const [finding] = findingsOf({
      ...oneImage(valid, 'runProfile: lab-vn'),
      'profiles/a.yaml': documentText('RunProfile', 'lab-vm'),
    });
    expect(finding?.hint).toBe('did you mean lab-vm?');
  });

  test('lists the choices instead of the branches of a union', () => {
    const [finding] = findingsOf(oneImage('outputs: [floppy]'));
    expect(finding?.message).toBe(
      'spec.outputs[0] is "floppy"; it must be one of rootfs, raw, qcow2, squashfs, oci',
    );
  });

  test('never shows a regular expression', () => {
    const [finding] = findingsOf(oneImage(valid, 'packages: ["a b"]'));
    expect(`${finding?.message} ${finding?.hint}`).not.toMatch(/\^|\[a-z/);
  });

  test('of a cycle has its whole path and the place of every edge', () => {
    const [finding] = findingsOf({
      'specs/images/a.yaml': imageText('a', 'version: "1"', 'from: b'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: c'),
      'specs/images/c.yaml': imageText('c', 'version: "1"', 'from: a'),
    });
    expect(finding?.message).toContain('a → b → c → a');
    expect(finding?.related?.map(({ place }) => place.file)).toEqual([
      'specs/images/b.yaml',
      'specs/images/c.yaml',
    ]);
  });

  test('of a duplicate has both places', () => {
    const result = parseDocument({ path: 'x.yaml', bytes: Buffer.from('a: 1\nb: 2\na: 3\n') });
    const [finding] = result.ok ? [] : result.diagnostics;
    expect(finding?.place?.start).toEqual({ line: 3, column: 1 });
    expect(finding?.related?.[0]?.place.start).toEqual({ line: 1, column: 1 });
  });
});

function seen(diagnostic: {
  readonly code: string;
  readonly place?: {
    readonly file: string;
    readonly start?: { readonly line: number; readonly column: number };
  };
}): readonly [string, string] {
  const { file = '', start } = diagnostic.place ?? {};
  return [diagnostic.code, start === undefined ? file : `${file}:${start.line}:${start.column}`];
}
