import type { ScopeChoice } from '../../allow-list/scope.ts';
import type { Workspace } from '../../compose.ts';
import { type Result, success } from '../../model/result.ts';
import { actionMisuse, type CommandAction } from '../action-misuse.ts';
import { listOptions } from '../allow-list/list-options.ts';
import { resolverOptions } from '../allow-list/resolver-settings.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const scope = ['run-profile', 'pool', 'sample'];
const resolver = Object.keys(resolverOptions);

const actions: Readonly<Record<string, CommandAction & { run: Action }>> = {
  show: {
    usage: 'show NAME[@REVISION]',
    does: 'the entries in force',
    options: ['all', ...scope],
    words: [1, 1],
    run: print(async (invocation, workspace, [name = '']) =>
      (await import('../allow-list/show-list.ts')).showList(invocation, workspace, name, scopeOf(invocation)),
    ),
  },
  at: {
    usage: 'at NAME REVISION',
    does: 'the same at an older revision',
    options: ['all', ...scope],
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
    usage: 'diff NAME [FROM [TO]]',
    does: 'what changed between two revisions; default: the last change',
    options: ['all'],
    words: [1, 3],
    run: print(async (...given) => (await import('../allow-list/diff-revisions.ts')).diffRevisions(...given)),
  },
  blame: {
    usage: 'blame NAME [TEXT]',
    does: 'for each entry, or those that hold the text: since which revision, by which commit',
    options: ['all'],
    words: [1, 2],
    run: print(async (...given) => (await import('../allow-list/blame-entries.ts')).blameEntries(...given)),
  },
  test: {
    usage: 'test NAME DEST[:PORT]',
    does: 'which entry decides about a destination; exits with 0 where it is allowed, with 6 where not',
    options: ['protocol', ...scope],
    words: [2, 2],
    run: test,
  },
  rollback: {
    usage: 'rollback NAME REVISION',
    does: 'propose, on a branch, to edit the list back to what it was at that revision',
    options: ['branch', 'remote', 'no-remote'],
    words: [2, 2],
    run: print(async (...given) => (await import('../allow-list/roll-back.ts')).rollBack(...given)),
  },
  enforcers: {
    usage: 'enforcers',
    does: 'what each enforcer can say',
    options: [],
    words: [0, 0],
    run: print(async (invocation, workspace) =>
      success(await (await import('../allow-list/list-enforcers.ts')).listEnforcers(invocation, workspace)),
    ),
  },
  export: {
    usage: 'export NAME[@REVISION]',
    does: 'write it for an enforcer (--to), never wider than the list',
    options: ['to', 'out', 'check', 'report', 'exact', 'leave-to-others', ...resolver, ...scope],
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
    usage: 'apply NAME',
    does: 'put it in force in a network namespace of this host (--netns)',
    options: ['netns', 'dry-run', 'report', ...resolver, ...scope],
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
  drift: {
    usage: 'drift NAME',
    does: 'compare what is in force there with the list; exits with 7 where they differ',
    options: ['netns', ...resolver, ...scope],
    words: [1, 1],
    run: drift,
  },
  remove: {
    usage: 'remove NAME',
    does: 'take it away from a network namespace, which it then restricts no more',
    options: ['netns', ...resolver],
    words: [1, 1],
    run: print(async (...given) => (await import('../allow-list/apply-list.ts')).removeList(...given)),
  },
};

type Action = (invocation: Invocation, workspace: Workspace, words: readonly string[]) => Promise<ExitCode>;

export const command: Command = {
  name: 'allow-list',
  summary: 'what a list says and who wanted it; export it, put it in force',
  argumentsText: 'ACTION [NAME[@REVISION]] [ARGUMENT]',
  actions: Object.values(actions),
  options: listOptions,
  arguments: { least: 1, most: 4 },
  outputs: ['json'],
  details: [
    'All of them read the newest catalog that this clone knows; export, apply and drift verify it first. docs/kinds/allow-list.md explains revisions, docs/enforcers.md what each enforcer can say.',
    'Examples: sandkiln allow-list test lab-egress deb.debian.org:443\n          sandkiln allow-list export lab-egress --to squid --out lists\n          sandkiln allow-list apply lab-egress --netns lab --dry-run',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const [name = '', ...words] = invocation.positionals;
      const options = Object.keys(listOptions);
      const misuse = actionMisuse({ name: 'allow-list', options }, actions, invocation, name);
      const action = misuse === undefined ? actions[name] : undefined;
      if (action === undefined) {
        invocation.stderr(`error: ${misuse}\n`);
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
