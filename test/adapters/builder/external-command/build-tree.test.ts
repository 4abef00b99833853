import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Builder } from '../../../../src/adapters/builder/builder.ts';
import { readTree } from '../../../../src/tree/read-tree.ts';
import { expectDiagnostic, expectValue } from '../../../rig/expect-result.ts';
import { externalBuilder, scriptedBuilder, tell } from '../../../rig/scripted-builder.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { testWorkContext } from '../../../rig/work-context.ts';

const spec = {
  distribution: 'debian',
  release: 'bookworm',
  architecture: 'amd64',
  variant: 'apt',
  packages: [],
} as const;

function build(builder: Builder, context = testWorkContext()) {
  return builder.bootstrap({ spec, sourceDateEpoch: 1_000_000_000, mirror: {} }, context);
}

const finished = tell({ type: 'finished' });
const tree = tell({
  type: 'output',
  name: 'tree',
  path: 'tree.tar',
  digest: 'sha256:$(sha256sum tree.tar | cut -c1-64)',
});
const makeTree = ['mkdir -p root/etc', 'echo hello > root/etc/motd', 'tar -cf tree.tar -C root .'];
const noise = 'x'.repeat(2000);

describe('a builder of the host', () => {
  it('hands over a tar that becomes the normalised tree, with no time after the epoch', async () => {
    const context = testWorkContext();
    const blob = expectValue(await build(scriptedBuilder(...makeTree, tree, finished), context));
    const { entries } = expectValue(await readTree(context.cache.pathOf(blob.digest)));
    expect(entries.map(({ path }) => path)).toEqual(['', 'etc', 'etc/motd']);
    expect(entries.every(({ modifiedAt }) => modifiedAt === 1_000_000_000)).toBe(true);
  });

  it('fills the log by events and by stderr', async () => {
    const context = testWorkContext();
    const lines = [
      tell({ type: 'log', text: 'one\ntwo' }),
      'echo three >&2',
      tell({ type: 'progress', done: 1, total: 3, text: 'unpacked' }),
      ...makeTree,
      tree,
      finished,
    ];
    expectValue(await build(scriptedBuilder(...lines), context));
    expect(context.lines.toSorted()).toEqual(['1 of 3: unpacked', 'one', 'three', 'two']);
  });

  it('may tell events that this version does not know, where it calls them optional', async () => {
    const optional = tell({ type: 'temperature', celsius: 1200, optional: true });
    expectValue(await build(scriptedBuilder(optional, ...makeTree, tree, finished)));
  });

  it('says itself why it failed, and whether another try may pass', async () => {
    const failed = { type: 'failed', code: 'E7', message: 'no clay', hint: 'buy some' };
    expect(expectDiagnostic(await build(scriptedBuilder(tell(failed), 'exit 1')))).toMatchObject({
      code: 'SK4027',
      message: 'the builder scripted failed: no clay (E7)',
      hint: 'buy some',
      failure: 'stalled',
    });
    const transient = tell({ ...failed, failure: 'transient' });
    expect(expectDiagnostic(await build(scriptedBuilder(transient, 'exit 1'))).failure).toBe('transient');
    const until = '2026-01-01T00:04:00Z';
    const waiting = tell({ ...failed, failure: 'waiting', until });
    expect(expectDiagnostic(await build(scriptedBuilder(waiting, 'exit 1')))).toMatchObject({
      failure: 'waiting',
      until,
    });
  });

  const faults: readonly (readonly [
    what: string,
    code: string,
    says: string,
    ...lines: readonly string[],
  ])[] = [
    ['text', 'SK4022', 'line 1: it is not JSON: "Unpacking…"', 'echo Unpacking…', finished],
    ['an empty line', 'SK4022', 'it is not JSON: ""', 'echo', finished],
    ['JSON that is no event', 'SK4022', 'it has no type', 'echo [1]', finished],
    ['an unknown event', 'SK4022', 'the type "heat" is not known', tell({ type: 'heat' }), finished],
    ['a name that objects have', 'SK4022', 'not known', tell({ type: 'constructor' }), finished],
    ['an event of another form', 'SK4022', '/text is not text', tell({ type: 'log', text: 7 }), finished],
    ['an unknown output', 'SK4022', '/name is not', tree.replace('tree', 'disk'), finished],
    ['events after the last', 'SK4022', 'it went on after it had finished', finished, finished],
    ['nothing at all', 'SK4022', 'ended without an event finished or failed', 'true'],
    ['no end', 'SK4022', 'ended without an event finished or failed', ...makeTree, tree],
    ['bytes that are not UTF-8', 'SK4022', 'not UTF-8', String.raw`printf '\377\n'`, finished],
    ['a line without end', 'SK4023', '64 KiB', 'yes | tr -d "\\n"'],
    [
      'events without end',
      'SK4023',
      '16 MiB of events',
      `yes '${JSON.stringify({ type: 'log', text: noise })}'`,
    ],
    ['messages without end', 'SK4023', '16 MiB to stderr', `yes ${noise} >&2`],
    ['a crash', 'SK4024', 'exit code 3: out of clay', 'echo out of clay >&2', 'exit 3'],
    ['a signal', 'SK4024', 'SIGSEGV', 'kill -SEGV $$'],
    ['a crash after the end', 'SK4024', 'exit code 4', ...makeTree, tree, finished, 'exit 4'],
    ['no output', 'SK4025', 'no event told of it', finished],
    ['two outputs', 'SK4025', 'two events told of it', ...makeTree, tree, tree, finished],
    ['an output that is not there', 'SK4025', 'ENOENT', ...makeTree, tree, 'rm tree.tar', finished],
    ['a folder', 'SK4025', 'not a regular file', ...makeTree, tree.replace('tree.tar', 'root'), finished],
    [
      'a pipe',
      'SK4025',
      'not a regular file',
      ...makeTree,
      'mkfifo p',
      tree.replace('tree.tar', 'p'),
      finished,
    ],
    [
      'a file elsewhere',
      'SK4025',
      'outside the scratch folder',
      ...makeTree,
      tree.replace('tree.tar', '/etc/passwd'),
      finished,
    ],
    [
      'a link that leads elsewhere',
      'SK4025',
      'outside the scratch folder',
      ...makeTree,
      'ln -s /etc/passwd link',
      tree.replace('tree.tar', 'link'),
      finished,
    ],
    ['another digest', 'SK4026', 'told sha256:', ...makeTree, tree, 'echo >> tree.tar', finished],
    [
      'a tar that leaves it',
      'SK5006',
      'the tree of the builder scripted: "../evil"',
      'echo > evil',
      'mkdir in',
      'cd in',
      'tar -cPf ../tree.tar ../evil',
      'cd ..',
      tree,
      finished,
    ],
    ['no tar', 'SK5003', 'the tar is damaged', `head -c 2048 /dev/urandom > tree.tar`, tree, finished],
  ];

  it.each(faults)('is refused: %s', async (_what, code, says, ...lines) => {
    const context = testWorkContext();
    const diagnostic = expectDiagnostic(await build(scriptedBuilder(...lines), context));
    expect(diagnostic.code, diagnostic.message).toBe(code);
    expect(diagnostic.message).toContain(says);
    expect(diagnostic.hint).not.toBe('');
    // Tried again with the same inputs, as the fault is not theirs.
    expect(diagnostic.failure).toBeUndefined();
  });

  it('that stays deaf to SIGTERM is killed with its children when the time is over', async () => {
    const context = testWorkContext({ timeoutMs: 500 });
    const marker = join(temporaryFolder(), 'children');
    const lines = ["trap '' TERM", `(trap '' TERM; while :; do sleep 1; done) & echo $! > ${marker}`, 'wait'];
    const diagnostic = expectDiagnostic(await build(scriptedBuilder(...lines), context));
    expect(diagnostic).toMatchObject({ code: 'SK3102', failure: 'timed-out' });
    expect(stateOf(readFileSync(marker, 'utf8').trim())).toMatch(/^[ZX]?$/);
  });

  it('that calls its own cancellation a failure is cancelled all the same', async () => {
    const controller = new AbortController();
    const context = testWorkContext({
      signal: controller.signal,
      log: () => controller.abort(),
    });
    const failed = tell({ type: 'failed', code: 'E1', message: 'interrupted', hint: '' });
    const lines = [`stop() { ${failed}; exit 1; }`, 'trap stop TERM', 'echo ready >&2', 'sleep 60 & wait'];
    const diagnostic = expectDiagnostic(await build(scriptedBuilder(...lines), context));
    expect(diagnostic).toMatchObject({ code: 'SK3103', failure: 'cancelled' });
  });
});

describe('what a builder says it is', () => {
  const description = {
    type: 'description',
    protocol: 1,
    program: 'scripted',
    version: '1.0',
    locksPackages: true,
    reproducible: false,
    tools: { sh: '5', awk: '1' },
  };

  it('is asked once, and holds the command of the host', async () => {
    const marker = join(temporaryFolder(), 'asked');
    const builder = scriptedBuilder(`echo asked >> ${marker}`, tell(description), finished);
    expect(builder.described()).toBeUndefined();
    const described = expectValue(await builder.describe());
    expect(described).toMatchObject({ program: 'scripted', locksPackages: true, reproducible: false });
    expect(Object.keys(described.tools)).toEqual(['awk', 'sh']);
    expect(described.command).toHaveLength(1);
    await builder.describe();
    expect(readFileSync(marker, 'utf8')).toBe('asked\n');
    expect(builder.described()).toEqual(described);
  });

  it('is asked again after a failure', async () => {
    const marker = join(temporaryFolder(), 'asked');
    const builder = scriptedBuilder(
      `[ -e ${marker} ] || { touch ${marker}; exit 1; }`,
      tell(description),
      finished,
    );
    expect(expectDiagnostic(await builder.describe()).code).toBe('SK4024');
    expect(builder.described()).toBeUndefined();
    expectValue(await builder.describe());
  });

  it.each([
    ['nothing', 'it told no description', finished],
    ['another protocol', 'version 2 of the protocol', tell({ ...description, protocol: 2 }), finished],
    [
      'no name of a tool',
      'is not the name of a tool',
      tell({ ...description, tools: { 'a b': '1' } }),
      finished,
    ],
  ])('is refused: %s', async (_what, says, ...lines) => {
    const diagnostic = expectDiagnostic(await scriptedBuilder(...lines).describe());
    expect(diagnostic.code).toBe('SK4028');
    expect(diagnostic.message).toContain(says);
  });

  it('ends with the run that asks', async () => {
    const controller = new AbortController();
    const marker = join(temporaryFolder(), 'asked');
    const command = ['/bin/sh', '-c', `echo $$ > ${marker}.new && mv ${marker}.new ${marker}; sleep 60`];
    const described = externalBuilder(command, controller.signal).describe();
    await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
    controller.abort();
    expect(expectDiagnostic(await described)).toMatchObject({ code: 'SK3103', failure: 'cancelled' });
    expect(stateOf(readFileSync(marker, 'utf8').trim())).toMatch(/^[ZX]?$/);
  });

  it('stalls no spec where it fails', async () => {
    const failed = { type: 'failed', code: 'E1', message: 'no clay', hint: '', failure: 'stalled' };
    const diagnostic = expectDiagnostic(await scriptedBuilder(tell(failed), 'exit 1').describe());
    expect(diagnostic.code).toBe('SK4027');
    expect(diagnostic.failure).toBeUndefined();
  });

  it('is not asked of what is no program', async () => {
    for (const file of ['/nonexistent/builder', '/etc/passwd', '/etc']) {
      const diagnostic = expectDiagnostic(await externalBuilder([file]).describe());
      expect(diagnostic.code).toBe('SK4021');
      expect(diagnostic.message).toContain(file);
    }
  });

  it('leaves no folder behind', async () => {
    const marker = join(temporaryFolder(), 'folder');
    expectValue(await scriptedBuilder(`pwd > ${marker}`, tell(description), finished).describe());
    expect(existsSync(readFileSync(marker, 'utf8').trim())).toBe(false);
  });
});

/** The state of proc(5); nothing where the process is gone. */
function stateOf(pid: string): string {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) ? (/\) (\w)/.exec(readFileSync(path, 'latin1'))?.[1] ?? '') : '';
}
