import { openStopwatch, openTimer, type Workspace } from '../../compose.ts';
import { isExpired } from '../../engine/lease/lease.ts';
import { type KnownLease, readLeases } from '../../engine/lease/lease-book.ts';
import { moveLease, removalDeadlineMs } from '../../engine/lease/move-lease.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { remoteOptions } from '../remote-options.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'unlock',
  summary: 'list the leases of runs that are building, or remove one',
  argumentsText: '[ID]',
  options: {
    remote: { ...remoteOptions.remote, help: 'leases of this remote; default as for reconcile' },
    'no-remote': { type: 'boolean', help: 'leases of this repository' },
  },
  arguments: { least: 0, most: 1 },
  outputs: ['json'],
  details: [
    [
      'A lease says which run builds what, so that another one does not build it too. It ends by itself 15 minutes after',
      'its run has died. Removing the lease of a run that is alive does no harm but double work.',
    ].join(' '),
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => unlock(invocation, workspace)),
};

async function unlock(invocation: Invocation, { git }: Workspace): Promise<ExitCode> {
  const remote = invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
  const limits = { signal: invocation.signal };
  const book = await readLeases(git, remote, limits);
  if (!book.ok) {
    return failWith(invocation, book.diagnostics);
  }
  const { leases } = book.value;
  const [id] = invocation.positionals;
  if (id === undefined) {
    list(invocation, leases);
    return exitCodes.ok;
  }
  const known = leases.find(({ lease }) => lease.id === id);
  if (known === undefined) {
    return failWith(invocation, [noSuchLease(id, leases)]);
  }
  const { reference, commit } = known;
  const [stopwatch, timer] = await Promise.all([openStopwatch(), openTimer()]);
  const removed = await moveLease(
    { git, remote, stopwatch, timer, random: Math.random, signal: invocation.signal },
    { reference, expected: commit, next: undefined },
    { ...limits, deadlineMs: removalDeadlineMs },
  );
  if (!removed.ok) {
    return failWith(invocation, removed.diagnostics);
  }
  if (removed.value.status === 'raced') {
    return failWith(invocation, [isAlive(id)]);
  }
  if (invocation.output === 'json') {
    invocation.stdout(jsonText({ formatVersion: 1, removed: known.lease }));
  } else {
    invocation.stdout(`unlock: the lease ${id} is removed\n`);
  }
  return exitCodes.ok;
}

function list(invocation: Invocation, leases: readonly KnownLease[]): void {
  if (invocation.output === 'json') {
    invocation.stdout(jsonText({ formatVersion: 1, leases: leases.map(({ lease }) => lease) }));
    return;
  }
  const now = new Date();
  const rows = leases.map(({ lease }) => [
    lease.id,
    printable(`${lease.owner.host}, process ${lease.owner.process}`),
    lease.since,
    isExpired(lease, now) ? 'expired' : lease.expiresAt,
    String(lease.changes.length),
  ]);
  invocation.stdout(textTable([['LEASE', 'HELD BY', 'SINCE', 'UNTIL', 'CHANGES'], ...rows]));
}

function noSuchLease(id: string, leases: readonly KnownLease[]): Diagnostic {
  const others = leases.map(({ lease }) => lease.id);
  return {
    code: 'SK2223',
    severity: 'error',
    message: `there is no lease ${JSON.stringify(id)}`,
    hint: others.length === 0 ? 'nothing is locked' : `the leases are ${others.join(', ')}`,
  };
}

/** It was renewed between looking and removing. */
function isAlive(id: string): Diagnostic {
  return {
    code: 'SK2225',
    severity: 'error',
    message: `the lease ${id} was renewed or removed just now, so its run is at work`,
    hint: 'run it again if it must go all the same',
    failure: 'transient',
  };
}
