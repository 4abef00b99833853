import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApplyRequest, LiveEnforcer } from '../../../src/adapters/enforcer/live-enforcer.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { applyRequest, testLiveEnforcer } from '../../rig/live-enforcer.ts';
import { sandboxInNamespace, worldAddresses } from '../../rig/network-namespaces.ts';
import { startTalker } from '../../rig/talker.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const echo = [{ first: 7000, last: 7000 }];
const before = [
  allowEntry({ kind: 'ip', value: '198.51.100.1' }, { ports: echo }),
  allowEntry({ kind: 'ip', value: '198.51.100.2' }, { ports: echo }),
  allowEntry({ kind: 'host', value: 'before.example' }, { ports: echo }),
];
const after = [
  allowEntry({ kind: 'ip', value: '198.51.100.1' }, { ports: echo }),
  allowEntry({ kind: 'ip', value: '198.51.100.3' }, { ports: echo }),
  allowEntry({ kind: 'host', value: 'after.example' }, { ports: echo }),
];

describe('an applier that is killed', () => {
  it.each(['before', 'after'] as const)(
    'right %s any of its programs leaves the old list or the new one, and the next try completes it',
    async (moment) => {
      const place = sandboxInNamespace();
      const world = startTalker(place.world);
      const sandbox = startTalker(place.sandbox);
      await world('serve', { addresses: worldAddresses, ports: [7000] });
      await world('resolveFor', {
        address: '10.77.0.2',
        names: { 'before.example': '198.51.100.4', 'after.example': '198.51.100.5' },
      });
      const user = {
        name: 'nobody',
        id: Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1]),
      };
      const resolver = {
        upstreams: [{ address: '10.77.0.2', port: 53 }],
        listen: ['127.0.0.1'],
        port: 53,
        user,
      };
      const folder = temporaryFolder();
      const namespacePath = place.pathOf(place.sandbox);
      const live = testLiveEnforcer(folder, { resolver });
      onTestFinished(async () => {
        await live.remove({ namespacePath, list: 'lab', timeoutMs: 60_000 });
      });
      const reaches = (address: string) => sandbox('reach', { protocol: 'tcp', address, port: 7000 });
      let killed = 0;
      for (let revision = 1; ; revision += 3) {
        expectValue(await applied(live, applyRequest(namespacePath, before, { revision })));
        const how = applyAndKill(
          { stateFolder: folder, resolver, namespacePath, entries: after, revision: revision + 1 },
          { moment, program: killed + 1 },
        );
        if (how === 'completed') {
          break;
        }
        killed++;
        const { namespacePath: _, ...place } = { list: 'lab', timeoutMs: 60_000, namespacePath };
        const state = expectValue(await live.read({ ...place, namespacePath }));
        expect(state).toMatchObject({ state: 'in force' });
        const isNew = state.state === 'in force' && state.revision === revision + 1;
        expect(await reaches('198.51.100.1')).toBe('reached');
        expect((await reaches('198.51.100.2')) === 'reached').toBe(!isNew);
        expect((await reaches('198.51.100.3')) === 'reached').toBe(isNew);
        expect(await reaches('198.51.100.9')).not.toBe('reached');
        expect(await sandbox('resolve', { name: 'other.example', server: '127.0.0.1' })).toBeTypeOf('string');
        const older = applyRequest(namespacePath, before, { revision: revision - 1 });
        expect(expectCodes(await applied(live, older))).toEqual(['SK7303']);

        const request = applyRequest(namespacePath, after, { revision: revision + 2 });
        expectValue(await applied(live, request));
        const { head: __, ...drift } = request;
        expect(expectValue(await live.drift(drift)).inStep).toBe(true);
        expect(await sandbox('resolve', { name: 'after.example', server: '127.0.0.1' })).toEqual([
          '198.51.100.5',
        ]);
        expect(await reaches('198.51.100.5')).toBe('reached');
      }
      expect(killed).toBeGreaterThan(7);
    },
  );
});

/** The lock of one that was killed is free as soon as its child has noticed. */
async function applied(live: LiveEnforcer, request: ApplyRequest) {
  for (;;) {
    const result = await live.apply(request);
    if (result.ok || result.diagnostics[0]?.code !== 'SK7305') {
      return result;
    }
  }
}

/** Runs an applier whose programs count themselves; the one with the number kills it, before or after its own work. */
function applyAndKill(
  request: Readonly<Record<string, unknown>>,
  { moment, program }: { readonly moment: 'before' | 'after'; readonly program: number },
): 'killed' | 'completed' {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  for (const name of ['nft', 'dnsmasq', 'conntrack']) {
    const kill = `echo killed > ${folder}/killed; kill -9 $PPID`;
    writeFileSync(
      join(folder, 'bin', name),
      `#!/bin/sh
number=1
while ! mkdir ${folder}/$number 2>/dev/null; do number=$((number + 1)); done
if [ $number -eq ${program} ] && [ ${moment} = before ]; then ${kill}; exit 1; fi
/usr/sbin/${name} "$@"
code=$?
if [ $number -eq ${program} ]; then ${kill}; fi
exit $code
`,
    );
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
  const script = fileURLToPath(new URL('../../rig/apply-once.ts', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [script, join(folder, 'request.json')], {
    env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}` },
    encoding: 'utf8',
  });
  if (existsSync(join(folder, 'killed'))) {
    return 'killed';
  }
  expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  return 'completed';
}
