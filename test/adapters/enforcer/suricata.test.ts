import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportedFile } from '../../../src/adapters/enforcer/enforcer.ts';
import { createSuricataEnforcer } from '../../../src/adapters/enforcer/suricata/suricata-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const enforcer = createSuricataEnforcer({ processes: createProcessRunner() });
const web = [{ first: 443, last: 443 }];
// Debian 12 has no package of it, and what is asked of it here came with version 8.
const isThere = /version ([8-9]|\d\d)\./.test(
  spawnSync('suricata', ['-V'], { encoding: 'utf8' }).stdout ?? '',
);

function filesOf(entries: Parameters<typeof enforcerInput>[0]): readonly ExportedFile[] {
  return expectValue(enforcer.compile(enforcerInput(entries))).files;
}

function textOf(files: readonly ExportedFile[], name: string): string {
  return Buffer.from(files.find((file) => file.name === name)?.bytes ?? []).toString();
}

function edited(files: readonly ExportedFile[], name: string, edit: (text: string) => string) {
  return files.map((file) =>
    file.name === name ? { name, bytes: Buffer.from(edit(Buffer.from(file.bytes).toString())) } : file,
  );
}

async function checkOf(files: readonly ExportedFile[]) {
  return (await enforcer.check?.(files, testWorkContext())) ?? expect.fail();
}

describe('rules and datasets for Suricata', () => {
  it('allow nothing that the list denies and keep quiet about no loss', () => {
    fc.assert(
      fc.property(
        anyEntries,
        fc.constantFrom(new Set<never>(), new Set(['expiry'] as const)),
        (entries, left) => {
          expect(unfaithfulness(enforcer, enforcerInput(entries, { leftToOthers: left }))).toEqual({
            widened: [],
            keptQuiet: [],
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('hold every port in one cell, names in base64, a dot before those whose subdomains are meant', () => {
    const files = filesOf([
      allowEntry({ kind: 'host', value: 'b.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
    ]);
    expect(files.map(({ name }) => name)).toEqual([
      'lab.2.pass.lst',
      'lab.2.passUnder.lst',
      'lab.2.stop.lst',
      'lab.rules',
    ]);
    expect(textOf(files, 'lab.2.passUnder.lst')).toBe(`${Buffer.from('.a.org').toString('base64')}\n`);
    const rules = textOf(files, 'lab.rules').split('\n');
    expect(rules.filter((line) => line.startsWith('# cell'))).toEqual([
      '# cell 1, ports 0-442,444-65535',
      '# cell 2, ports 443',
    ]);
    expect(rules).toContain(
      'drop tls any any -> any [443] (msg:"not in lab"; flow:established,to_server; tls.sni; to_lowercase; dataset:isset,lab-2-stop,type string,load lab.2.stop.lst,hashsize 16,memcap 1gb; sid:1700004; rev:7;)',
    );
    expect(rules.at(-2)).toContain('http.host; absent;');
  });

  it('drop every name of a list that allows none', () => {
    const [rules] = filesOf([]);
    expect(expectValue(enforcer.readBack(rules === undefined ? [] : [rules]))).toEqual([]);
    expect(Buffer.from(rules?.bytes ?? []).toString()).toContain(
      'drop tls any any -> any any (msg:"not in lab"; flow:established,to_server; tls.sni; to_lowercase; bsize:>0;',
    );
  });

  it.each([
    ['a rule that passes', 'lab.rules', (text: string) => `${text}pass tls any any -> any any (sid:1;)\n`],
    ['a rule less', 'lab.rules', (text: string) => text.replace(/drop http .*\n/, '')],
    ['other ports', 'lab.rules', (text: string) => text.replace('any [443]', 'any [80]')],
    ['what is no base64', 'lab.2.pass.lst', () => '$$$\n'],
  ])('are not read back with %s', (_, name, edit) => {
    const files = filesOf([allowEntry({ kind: 'host', value: 'a.org' }, { ports: web })]);
    expect(expectValue(enforcer.readBack(files))).toHaveLength(1);
    expect(expectCodes(enforcer.readBack(edited(files, name, edit)))).toEqual(['SK7211']);
  });

  it('are accepted by suricata, where there is one, whatever the list says', async () => {
    for (const entries of [...fc.sample(anyEntries, { numRuns: 5, seed: 5 }), []]) {
      const checked = await checkOf(filesOf(entries));
      // Debian 12 has no package of it: then nobody says that it accepts them.
      expect(checked.ok ? checked.value.program : expectCodes(checked)).toEqual(
        isThere ? 'suricata' : ['SK7212'],
      );
    }
  });

  it('that suricata cannot be asked about, or does not understand, are not said to be accepted', async () => {
    const files = filesOf([allowEntry({ kind: 'host', value: 'a.org' }, { ports: web })]);
    const broken = edited(files, 'lab.rules', (text) => text.replaceAll('dataset:isnotset', 'dataset:isnot'));
    expect(expectCodes(await checkOf(broken))).toEqual(['SK7212']);
  });

  it('of a hundred thousand names is made whole', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      allowEntry(
        { kind: index % 2 === 0 ? 'host' : 'apexAndSubdomains', value: `n${index}.d${index % 997}.org` },
        { ports: web, protocols: ['tcp'] },
      ),
    );
    const input = enforcerInput(entries);
    const { files } = expectValue(enforcer.compile(input));
    const sizes = files.map(({ bytes }) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_000_000);
  });
});
