import type { CommandOptions } from '../command.ts';
import { resolverOptions } from './resolver-settings.ts';

/** The options of `sandkiln allow-list`; which action takes which stands with the actions. */
export const listOptions = {
  all: { type: 'boolean', help: 'show, at, diff, blame: with the destinations that no list can allow' },
  protocol: { type: 'string', value: 'tcp|udp', help: 'test: default tcp' },
  'run-profile': { type: 'string', value: 'NAME', help: 'with the entries for this run profile' },
  pool: { type: 'string', value: 'NAME', help: 'with the entries for this pool' },
  sample: { type: 'string', value: 'DIGEST', help: 'with the entries for this sample' },
  branch: {
    type: 'string',
    value: 'NAME',
    help: 'rollback: the branch of the proposal; default sandkiln/rollback/NAME-REVISION',
  },
  remote: {
    type: 'string',
    value: 'NAME',
    help: 'rollback: push the branch to this remote; default as for reconcile',
  },
  'no-remote': { type: 'boolean', help: 'rollback: make a local branch' },
  to: {
    type: 'string',
    value: 'ENFORCER',
    help: 'export: for whom; docs/enforcers.md says what each can say',
  },
  out: {
    type: 'string',
    short: 'o',
    value: 'DIR',
    help: 'export: the folder to write to; a single file goes to standard output without it',
  },
  check: { type: 'boolean', help: 'export: have the real program judge the files' },
  report: {
    type: 'boolean',
    help: 'export, apply: tell every entry that is not said as it stands, not only the first',
  },
  exact: { type: 'boolean', help: 'export: refuse what cannot be said exactly, instead of narrowing it' },
  'leave-to-others': {
    type: 'string',
    value: 'ports,expiry',
    help: 'export: what another part enforces, so that it need not be said here',
  },
  netns: {
    type: 'string',
    value: 'NAME',
    help: 'apply, drift, remove: the network namespace, by name or path',
  },
  'dry-run': { type: 'boolean', help: 'apply: only say what would be done' },
  ...resolverOptions,
} as const satisfies CommandOptions;
