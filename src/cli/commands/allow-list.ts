import type { ScopeChoice } from '../../allow-list/scope.ts';
import type { Workspace } from '../../compose.ts';
import type { Result } from '../../model/result.ts';
import { resolverOptions } from '../allow-list/resolver-settings.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

/** What each action does, and how many words stand after it. */
const actions: Readonly<Record<string, { readonly words: readonly [number, number]; run: Action }>> = {
  show: {
    words: [1, 1],
    run: print(async (invocation, workspace, [name = '']) =>
      (await import('../allow-list/show-list.ts')).showList(invocation, workspace, name, scopeOf(invocation)),
    ),
  },
  at: {
    words: [2, 2],
    run: print(async (invocation, workspace, [name, revision]) =>
      (await import('../allow-list/show-list.ts')).showList(
        invocation,
        workspace,
        `${name}@${revision}`,
        scopeOf(invocation),
      ),
    ),
  },
  diff: {
    words: [1, 3],
    run: print(async (...given) => (await import('../allow-list/diff-revisions.ts')).diffRevisions(...given)),
  },
  blame: {
    words: [1, 2],
    run: print(async (...given) => (await import('../allow-list/blame-entries.ts')).blameEntries(...given)),
  },
  test: { words: [2, 2], run: test },
  export: {
    words: [1, 1],
    run: print(async (invocation, workspace, words) =>
      (await import('../allow-list/export-list.ts')).exportList(
        invocation,
        workspace,
        words,
        scopeOf(invocation),
      ),
    ),
  },
  apply: {
    words: [1, 1],
    run: print(async (invocation, workspace, words) =>
      (await import('../allow-list/apply-list.ts')).applyList(
        invocation,
        workspace,
        words,
        scopeOf(invocation),
      ),
    ),
  },
  drift: { words: [1, 1], run: drift },
  remove: {
    words: [1, 1],
    run: print(async (...given) => (await import('../allow-list/apply-list.ts')).removeList(...given)),
  },
  rollback: {
    words: [2, 2],
    run: print(async (...given) => (await import('../allow-list/roll-back.ts')).rollBack(...given)),
  },
};

type Action = (invocation: Invocation, workspace: Workspace, words: readonly string[]) => Promise<ExitCode>;

export const command: Command = {
  name: 'allow-list',
  summary: 'ask what an allow-list says, since when, and who wanted it',
  argumentsText: `${Object.keys(actions).join('|')} NAME[@REVISION] [ARGUMENT]`,
  options: {
    all: { type: 'boolean', help: 'show, at, blame: with the destinations that no list can allow' },
    protocol: { type: 'string', value: 'tcp|udp', help: 'test: default tcp' },
    'run-profile': { type: 'string', value: 'NAME', help: 'with the entries for this run profile' },
    pool: { type: 'string', value: 'NAME', help: 'with the entries for this pool' },
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
    sample: { type: 'string', value: 'DIGEST', help: 'with the entries for this sample' },
  },
  arguments: { least: 2, most: 4 },
  outputs: ['json'],
  details: [
    'show NAME[@REVISION]       the entries in force',
    'at NAME REVISION           the same at an older revision',
    'diff NAME [FROM [TO]]      what changed between two revisions; default: the last change',
    'blame NAME [TEXT]          for each entry, or those that hold the text: since which revision, by which commit',
    'test NAME DEST[:PORT]      which entry decides about a destination; exits with 0 where it is allowed, with 6 where not',
    'export NAME[@REVISION]     the files of an enforcer (--to), never wider than the list',
    'apply NAME                 put the list in force in a network namespace of this host (--netns)',
    'drift NAME                 compare what is in force there with the list; exits with 7 where they differ',
    'remove NAME                take the list away from a network namespace',
    'rollback NAME REVISION     propose, on a branch, to edit the list back to what it was at that revision',
    'All of them read the newest catalog that this clone knows; export, apply and drift verify it first. docs/kinds/allow-list.md explains revisions.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const [name = '', ...words] = invocation.positionals;
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (action === undefined) {
        invocation.stderr(
          `error: allow-list does ${Object.keys(actions).join(', ')}, and not ${JSON.stringify(name)}\n`,
        );
        return exitCodes.error;
      }
      const [least, most] = action.words;
      if (words.length < least || words.length > most) {
        invocation.stderr(
          `error: allow-list ${name} takes ${least === most ? least : `${least} to ${most}`} words after it; see sandkiln allow-list --help\n`,
        );
        return exitCodes.error;
      }
      return action.run(invocation, workspace, words);
    }),
};

function print(
  work: (invocation: Invocation, workspace: Workspace, words: readonly string[]) => Promise<Result<string>>,
): Action {
  return async (invocation, workspace, words) => {
    const text = await work(invocation, workspace, words);
    if (!text.ok) {
      return failWith(invocation, text.diagnostics);
    }
    invocation.stdout(text.value);
    return exitCodes.ok;
  };
}

async function test(
  invocation: Invocation,
  workspace: Workspace,
  words: readonly string[],
): Promise<ExitCode> {
  const { testDestination } = await import('../allow-list/test-destination.ts');
  const verdict = await testDestination(invocation, workspace, words, scopeOf(invocation));
  if (!verdict.ok) {
    return failWith(invocation, verdict.diagnostics);
  }
  invocation.stdout(verdict.value.text);
  return verdict.value.allowed ? exitCodes.ok : exitCodes.verificationFailed;
}

async function drift(
  invocation: Invocation,
  workspace: Workspace,
  words: readonly string[],
): Promise<ExitCode> {
  const { driftOfList } = await import('../allow-list/apply-list.ts');
  const found = await driftOfList(invocation, workspace, words, scopeOf(invocation));
  if (!found.ok) {
    return failWith(invocation, found.diagnostics);
  }
  invocation.stdout(found.value.text);
  return found.value.inStep ? exitCodes.ok : exitCodes.drift;
}

function scopeOf(invocation: Invocation): ScopeChoice {
  return {
    runProfile: invocation.text('run-profile'),
    pool: invocation.text('pool'),
    sample: invocation.text('sample'),
  };
}
