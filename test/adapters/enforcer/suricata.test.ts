import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportedFile } from '../../../src/adapters/enforcer/enforcer.ts';
import { isOfDecisions } from '../../../src/adapters/enforcer/suricata/passing-names.ts';
import { planCells } from '../../../src/adapters/enforcer/suricata/port-cells.ts';
import { createSuricataEnforcer } from '../../../src/adapters/enforcer/suricata/suricata-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { entryKey } from '../../../src/allow-list/entry-key.ts';
import { matchesName } from '../../../src/allow-list/names.ts';
import { hasPort } from '../../../src/allow-list/port-set.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, expectFaithful } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { httpCapture } from '../../rig/http-capture.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
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

/** Names of HTTP and the entries that Suricata reports for them. */
function reportsOf(files: readonly ExportedFile[], hosts: readonly string[]) {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const others = ['classification-file', 'reference-config-file', 'threshold-file'];
  const settings = [
    '%YAML 1.1\n---\nvars: { address-groups: {}, port-groups: {} }',
    ...others.map((name) => `${name}: ${at('empty')}`),
    'app-layer: { protocols: { tls: { enabled: yes }, http: { enabled: yes } } }',
    'outputs: [ { eve-log: { enabled: yes, filetype: regular, filename: eve.json, types: [alert] } } ]\n',
  ];
  for (const { name, bytes } of files) {
    writeFileSync(at(name), bytes);
  }
  writeFileSync(at('empty'), '');
  writeFileSync(at('suricata.yaml'), settings.join('\n'));
  writeFileSync(at('some.pcap'), httpCapture(hosts.map((host) => ({ port: 80, hosts: [host] }))));
  const read = ['-r', at('some.pcap'), '-k', 'none', '--runmode', 'single'];
  execFileSync('suricata', ['-c', at('suricata.yaml'), '-S', at('lab.passed.rules'), '-l', folder, ...read]);
  const events: readonly { readonly http: { readonly hostname: string }; readonly alert: ReportedAlert }[] =
    readFileSync(at('eve.json'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const reports = events.map(({ http, alert }) => [
    http.hostname.toLowerCase(),
    alert.context.sandkiln.entry,
  ]);
  return hosts.flatMap((host) => reports.filter(([name]) => name === host.toLowerCase()));
}

interface ReportedAlert {
  readonly context: { readonly sandkiln: { readonly entry: string } };
}

describe('rules and datasets for Suricata', () => {
  it('allow nothing that the list denies and keep quiet about no loss', () => {
    expectFaithful(enforcer, 1000);
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
      'lab.2.passed.ndjson',
      'lab.2.passedUnder.ndjson',
      'lab.2.stop.lst',
      'lab.passed.rules',
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
    ['a report that lets pass', 'lab.passed.rules', (text: string) => text.replaceAll('alert', 'pass')],
    ['a report of no name', 'lab.2.passed.ndjson', () => ''],
    [
      'a report of a name that does not pass',
      'lab.2.passed.ndjson',
      (text: string) => text + text.replace('a.org', 'b.org'),
    ],
  ])('are not read back with %s', (_, name, edit) => {
    const files = filesOf([allowEntry({ kind: 'host', value: 'a.org' }, { ports: web })]);
    expect(expectValue(enforcer.readBack(files))).toHaveLength(1);
    expect(expectCodes(enforcer.readBack(edited(files, name, edit)))).toEqual(['SK7211']);
  });

  it('name the entry that lets each name pass, for reports', () => {
    const files = filesOf([
      allowEntry({ kind: 'host', value: 'a.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'subdomains', value: 'a.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'apexAndSubdomains', value: 'b.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'host', value: 'within.b.org' }, { protocols: ['tcp'], ports: web }),
    ]);
    expect(textOf(files, 'lab.2.passed.ndjson')).toBe(
      '{"name":"a.org","list":"lab","revision":7,"entry":"n org.a allow host tcp 443 -"}\n',
    );
    expect(textOf(files, 'lab.2.passedUnder.ndjson')).toBe(
      [
        '{"name":".a.org","list":"lab","revision":7,"entry":"n org.a allow subdomains tcp 443 -"}\n',
        '{"name":".b.org","list":"lab","revision":7,"entry":"n org.b allow apexAndSubdomains tcp 443 -"}\n',
      ].join(''),
    );
  });

  it('name no entry in a report that does not allow the name, and one for every name that passes', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const cells = expectValue(planCells(enforcerInput(entries))).cells;
        for (const { ports, decisions, passing } of cells) {
          expect(isOfDecisions(passing, decisions)).toBe(true);
          for (const { name, isUnder, entry } of passing) {
            const [one] = entries.filter((each) => entryKey(each) === entry);
            expect(one?.effect).toBe('allow');
            expect(one !== undefined && matchesName(one.match, isUnder ? `x.${name}` : name)).toBe(true);
            expect(hasPort(one?.ports ?? [], ports[0]?.first ?? -1)).toBe(true);
          }
        }
      }),
    );
  });

  it('keep every line of a report short enough for suricata, which would leave out a longer one', () => {
    const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}.org`;
    const ports = Array.from({ length: 200 }, (_, index) => ({
      first: 1000 + 2 * index,
      last: 1000 + 2 * index,
    }));
    const entries = [allowEntry({ kind: 'apexAndSubdomains', value: name }, { ports })];
    const list = 'l'.repeat(128);
    const { files } = expectValue(enforcer.compile(enforcerInput(entries, { list, revision: 0xffff_ffff })));
    const text = textOf(files, `${list}.2.passedUnder.ndjson`);
    expect(text).toMatch(/"entry":"sha256:[0-9a-f]{64}"\}\n$/);
    expect(text.length).toBeLessThan(1000);
    expect(expectValue(enforcer.readBack(files))).toHaveLength(1);
  });

  it('report the entry under alert.context of EVE, where there is a suricata to ask', () => {
    const entries = [
      allowEntry({ kind: 'host', value: 'a.org' }, { protocols: ['tcp'] }),
      allowEntry({ kind: 'subdomains', value: 'a.org' }, { protocols: ['tcp'] }),
      allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
      allowEntry({ kind: 'subdomains', value: 'shut.a.org' }, { effect: 'deny' }),
    ];
    const hosts = ['a.org', 'X.a.org', 'bad.a.org', 'y.bad.a.org', 'shut.a.org', 'z.shut.a.org', 'c.org'];
    const below = 'n org.a allow subdomains tcp * -';
    expect(isThere ? reportsOf(filesOf(entries), hosts) : undefined).toEqual(
      isThere
        ? [
            ['a.org', 'n org.a allow host tcp * -'],
            ['x.a.org', below],
            ['y.bad.a.org', below],
            ['shut.a.org', below],
          ]
        : undefined,
    );
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
    const leftOut = edited(files, 'lab.2.passed.ndjson', (text) => text.replace('lab', 'l'.repeat(2000)));
    expect(expectCodes(await checkOf(leftOut))).toEqual(['SK7212']);
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
