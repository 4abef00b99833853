import { spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRpzEnforcer } from '../../../src/adapters/enforcer/rpz/rpz-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { answeringNameServer } from '../../rig/answering-name-server.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { freePort } from '../../rig/free-port.ts';
import { namesAround, passesAtSomePort } from '../../rig/passing-names.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const enforcer = createRpzEnforcer({ processes: createProcessRunner() });

/** A resolver that has the zone of a list, and a name server behind it that would answer everything. */
async function resolverWith(entries: readonly AllowEntry[]) {
  const { files } = expectValue(
    enforcer.compile(enforcerInput(entries, { leftToOthers: new Set(['ports', 'expiry']) })),
  );
  const folder = temporaryFolder();
  const [port, upstream] = await Promise.all([freePort(), answeringNameServer()]);
  writeFileSync(join(folder, 'lab.zone'), files[0]?.bytes ?? '');
  writeFileSync(
    join(folder, 'named.conf'),
    `options {
      directory ${JSON.stringify(folder)}; pid-file none; session-keyfile none; lock-file none;
      listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
      recursion yes; dnssec-validation no; empty-zones-enable no; qname-minimization off;
      forward only; forwarders { 127.0.0.1 port ${upstream.port}; };
      response-policy { zone "lab.rpz" policy given; } qname-wait-recurse no break-dnssec yes min-update-interval 0;
    };
    controls {};
    zone "lab.rpz" { type primary; file "lab.zone"; };\n`,
  );
  const named = spawn('named', ['-c', join(folder, 'named.conf'), '-g', '-n', '1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    named.kill();
    await once(named, 'close');
  });
  await new Promise<void>((resolve, reject) => {
    // Names pass until the policy is in force, which is after the server runs.
    createInterface(named.stderr).on(
      'line',
      (line) => /rpz: lab\.rpz: reload done: success/.test(line) && resolve(),
    );
    named.once('close', () => reject(new Error('named ended')));
  });
  const resolver = new Resolver({ timeout: 10_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const answers = async (name: string) =>
    await resolver.resolve4(name).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOTFOUND' ? false : Promise.reject(error)),
    );
  return { answers, asked: upstream.asked, rules: expectValue(enforcer.readBack(files)) };
}

describe('a resolver with the zone of a list', () => {
  it('answers what is allowed and neither answers nor asks about anything else', async () => {
    const { answers, asked } = await resolverWith([
      allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }),
      allowEntry({ kind: 'host', value: 'x.y.b.org' }),
      allowEntry({ kind: 'subdomains', value: 'c.org' }),
      allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
      allowEntry({ kind: 'apexAndSubdomains', value: 'worse.a.org' }, { effect: 'deny' }),
    ]);
    const allowed = ['a.org', 'q.a.org', 'r.q.a.org', 'q.bad.a.org', 'x.y.b.org', 'q.c.org', 'A.ORG'];
    const denied = [
      'bad.a.org',
      'worse.a.org',
      'q.worse.a.org',
      'q.x.y.b.org',
      'y.b.org',
      'q.y.b.org',
      'b.org',
    ];
    const others = ['q.b.org', 'c.org', 'org', 'q.org', 'com', 'secret-in-a-name.com'];
    for (const name of allowed) {
      expect(await answers(name), name).toBe(true);
    }
    for (const name of [...denied, ...others]) {
      expect(await answers(name), name).toBe(false);
    }
    expect([...new Set(asked)].sort()).toEqual(allowed.slice(0, -1).sort());
  });

  it('answers exactly what the zone, read back, lets pass', async () => {
    for (const lists of fc.sample(anyEntries, { numRuns: 4, seed: 17 })) {
      const { answers, rules } = await resolverWith(lists);
      for (const name of [...namesAround(lists), 'com', 'q.com']) {
        expect(await answers(name), name).toBe(passesAtSomePort(rules, name));
      }
    }
  });
});
