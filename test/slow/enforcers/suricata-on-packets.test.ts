import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSuricataEnforcer } from '../../../src/adapters/enforcer/suricata/suricata-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { hasPort } from '../../../src/allow-list/port-set.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { type CapturedConnection, firstClientPort, httpCapture } from '../../rig/http-capture.ts';
import { namesAround, passesAtSomePort } from '../../rig/passing-names.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const enforcer = createSuricataEnforcer({ processes: createProcessRunner() });
// Debian 12 has no package of it.
const isThere = /version ([8-9]|\d\d)\./.test(
  spawnSync('suricata', ['-V'], { encoding: 'utf8' }).stdout ?? '',
);

/** The rules of a list, and whether Suricata stops each of some connections. */
function judged(entries: readonly AllowEntry[], connections: readonly CapturedConnection[]) {
  const { files } = expectValue(
    enforcer.compile(enforcerInput(entries, { leftToOthers: new Set(['expiry']) })),
  );
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  for (const { name, bytes } of files) {
    writeFileSync(at(name), bytes);
  }
  writeFileSync(at('empty'), '');
  writeFileSync(at('some.pcap'), httpCapture(connections));
  const others = ['classification-file', 'reference-config-file', 'threshold-file'];
  writeFileSync(
    at('suricata.yaml'),
    [
      '%YAML 1.1\n---\nvars: { address-groups: {}, port-groups: {} }',
      ...others.map((name) => `${name}: ${at('empty')}`),
      'app-layer: { protocols: { tls: { enabled: yes }, http: { enabled: yes } } }',
      'outputs: [ { fast: { enabled: yes, filename: fast.log } } ]\n',
    ].join('\n'),
  );
  const read = ['-r', at('some.pcap'), '-k', 'none', '--runmode', 'single'];
  execFileSync('suricata', ['-c', at('suricata.yaml'), '-S', at('lab.rules'), '-l', folder, ...read]);
  const ports = readFileSync(at('fast.log'), 'utf8').matchAll(/ 10\.0\.0\.1:(\d+) -> /g);
  const stopped = new Set([...ports].map(([, port]) => Number(port) - firstClientPort));
  return {
    rules: expectValue(enforcer.readBack(files)),
    stopped: connections.map((_, index) => stopped.has(index)),
  };
}

// Where Debian has no such package nobody can be asked to install it, and nothing says that it accepts the files.
describe('Suricata with the rules of a list', isThere ? casesWithSuricata : caseWithout);

function caseWithout(): void {
  it('is not said to accept them where it is not there', async () => {
    const input = enforcerInput([allowEntry({ kind: 'host', value: 'a.org' })]);
    const checked = await enforcer.check?.(expectValue(enforcer.compile(input)).files, testWorkContext());
    expect(checked?.ok).toBe(false);
  });
}

function casesWithSuricata(): void {
  it('stops what the list does not allow at the port, and every request of a connection counts', () => {
    const web = { protocols: ['tcp'] as const, ports: [{ first: 80, last: 80 }] };
    const cases = [
      { port: 80, hosts: ['a.org'], isStopped: false },
      { port: 80, hosts: ['A.org', 'q.a.org', 'r.q.a.org'], isStopped: false },
      { port: 80, hosts: ['b.org'], isStopped: false },
      { port: 81, hosts: ['a.org'], isStopped: true },
      { port: 80, hosts: ['q.b.org'], isStopped: true },
      { port: 80, hosts: ['bad.a.org'], isStopped: true },
      { port: 80, hosts: ['xa.org'], isStopped: true },
      { port: 80, hosts: ['a.org', 'evil.org'], isStopped: true },
      { port: 80, hosts: [null], isStopped: true },
    ];
    const { stopped } = judged(
      [
        allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }, web),
        allowEntry({ kind: 'host', value: 'b.org' }, web),
        allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
      ],
      cases,
    );
    expect(cases.map((one, index) => ({ ...one, isStopped: stopped[index] }))).toEqual(cases);
  });

  it('passes exactly what the files, read back, let pass', () => {
    for (const entries of fc.sample(anyEntries, { numRuns: 10, seed: 11 })) {
      const connections = [...namesAround(entries), 'com'].flatMap((name) =>
        [80, 443, 8001].map((port) => ({ port, hosts: [name] })),
      );
      const { rules, stopped } = judged(entries, connections);
      for (const [index, { port, hosts }] of connections.entries()) {
        const there = rules.filter(({ ports }) => hasPort(ports, port));
        expect([port, hosts, stopped[index]]).toEqual([
          port,
          hosts,
          !passesAtSomePort(there, hosts[0] ?? ''),
        ]);
      }
    }
  });
}
