import { type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type GitHttpServer, refuseAccess, serveGit } from './git-http-server.ts';
import { ended, type HostsOnRemote, hostEnvironment } from './hosts-on-remote.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A forge with one repository, over https, that lets nobody in without a token. */
export interface Forge {
  readonly url: string;
  readonly certificateFile: string;
  /** May read. */
  readonly readToken: string;
  /** May read and write. */
  readonly writeToken: string;
}

/** Serves the remote; pushes need the second token, everything else either. */
export async function openForge(hosts: HostsOnRemote): Promise<Forge> {
  const [readToken, writeToken] = ['token-that-reads', 'token-that-writes'];
  const server: GitHttpServer = await serveGit(dirname(hosts.remote), {
    transport: 'https',
    intercept(request, response) {
      const token = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64')
        .toString()
        .split(':')[1];
      const isPush = request.url?.includes('git-receive-pack') === true;
      if (token === writeToken || (token === readToken && !isPush)) {
        return false;
      }
      return refuseAccess(response, token === readToken ? 403 : 401);
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return {
    url: `${server.url}/${basename(hosts.remote)}`,
    certificateFile: server.certificateFile ?? '',
    readToken,
    writeToken,
  };
}

/** A folder for `PATH` in which the program is. */
export function programFolder(): string {
  const folder = temporaryFolder();
  symlinkSync(fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url)), join(folder, 'sandkiln'));
  return folder;
}

/** What a runner is, besides what its host has in its folders. */
export function runnerEnvironment(folder: string, forge: Forge): Record<string, string> {
  const host = hostEnvironment(folder);
  return {
    ...host,
    PATH: [programFolder(), host['PATH']].join(delimiter),
    CI: 'true',
    GIT_SSL_CAINFO: forge.certificateFile,
  };
}

export interface ScriptEnd {
  readonly exitCode: number | null;
  /** Of both streams. */
  readonly output: string;
}

/** Runs a script; the forge answers meanwhile, so it is waited for and not blocked on. */
export async function runScript(
  file: string,
  words: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): Promise<ScriptEnd> {
  const { exitCode, stdout, stderr } = await ended(
    spawn(file, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  return { exitCode, output: `${stdout}${stderr}` };
}

export interface Workflow {
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Permissions {
  readonly contents?: 'read' | 'write';
}

interface Job {
  readonly 'runs-on': readonly string[];
  readonly needs?: string;
  readonly if?: string;
  readonly permissions?: Permissions;
  readonly steps: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowOptions {
  readonly forge: Forge;
  /** Folder of the host that has the last label of `runs-on`. */
  readonly hostOf: (label: string) => string;
  /** `refs/heads/main`, or the merge of a pull request. */
  readonly ref: string;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Before all others in `PATH`. */
  readonly programs?: string;
}

export interface WorkflowEnd {
  readonly jobs: Readonly<Record<string, 'success' | 'failure' | 'skipped'>>;
  readonly summary: string;
  readonly output: string;
}

/**
 * Runs a workflow as GitHub's runner does, as far as the pages of this project use it: jobs one after the other, in their
 * order; `needs`, `!cancelled()`, secrets, a new workspace each, and the actions for checkouts and artifacts. Throws for
 * anything else, so that no page says what nobody tried.
 */
export async function runWorkflow(workflow: Workflow, options: WorkflowOptions): Promise<WorkflowEnd> {
  const artifacts = temporaryFolder();
  const jobs: Record<string, 'success' | 'failure' | 'skipped'> = {};
  let summary = '';
  let output = '';
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const areNeedsMet = job.needs === undefined || jobs[job.needs] === 'success';
    if (!isRun(job.if, areNeedsMet)) {
      jobs[name] = 'skipped';
      continue;
    }
    const run = await jobRun(job, job.permissions ?? workflow.permissions ?? {}, artifacts, options);
    jobs[name] = 'success';
    for (const step of job.steps) {
      if (!isRun(step.if, jobs[name] === 'success')) {
        continue;
      }
      const ended = await run.step(step);
      output += ended.output;
      if (ended.exitCode !== 0) {
        jobs[name] = 'failure';
      }
    }
    summary += run.summary();
  }
  return { jobs, summary, output };
}

function isRun(condition: string | undefined, isSuccess: boolean): boolean {
  switch (condition?.replace(/^\$\{\{ (.*) \}\}$/, '$1')) {
    case undefined:
      return isSuccess;
    case '!cancelled()':
      return true;
    default:
      throw new Error(`no page uses the condition ${condition}`);
  }
}

async function jobRun(job: Job, permissions: Permissions, artifacts: string, options: WorkflowOptions) {
  const { forge, hostOf, ref, secrets = {}, programs } = options;
  const folder = temporaryFolder();
  const [workspace, temporary] = [join(folder, 'workspace'), join(folder, 'temporary')];
  const summaryFile = join(folder, 'summary.md');
  const token = permissions.contents === 'write' ? forge.writeToken : forge.readToken;
  mkdirSync(workspace);
  mkdirSync(temporary);
  const runner = runnerEnvironment(hostOf(job['runs-on'].at(-1) ?? ''), forge);
  const environment: Record<string, string> = {
    ...runner,
    ...(programs === undefined ? {} : { PATH: `${programs}${delimiter}${runner['PATH']}` }),
    GITHUB_REPOSITORY: 'owner/remote',
    RUNNER_TEMP: temporary,
    GITHUB_STEP_SUMMARY: summaryFile,
  };

  function filledIn(text: string): string {
    return text.replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, expression: string) => {
      const known: Readonly<Record<string, string | undefined>> = {
        'runner.temp': temporary,
        'github.token': token,
      };
      const value = known[expression] ?? secrets[/^secrets\.(\w+)$/.exec(expression)?.[1] ?? ''];
      if (value === undefined) {
        throw new Error(`no page uses the expression ${expression}`);
      }
      return value;
    });
  }

  async function step({ uses, run, with: inputs = {}, env = {} }: Step): Promise<ScriptEnd> {
    const input = (name: string) => String(inputs[name] ?? '');
    const variables = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filledIn(text)]));
    switch (uses?.replace(/@v\d+$/, '')) {
      case undefined:
        return runScript('bash', ['-e', '-c', filledIn(run ?? '')], {
          cwd: workspace,
          env: { ...environment, ...variables },
        });
      case 'actions/checkout':
        return runScript('bash', ['-e', '-c', checkoutScript], {
          cwd: workspace,
          env: {
            ...environment,
            REF: ref,
            URL: forge.url,
            HEADER: `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
            DEPTH: String(inputs['fetch-depth'] ?? 1),
            PERSIST: String(inputs['persist-credentials'] ?? true),
          },
        });
      case 'actions/upload-artifact':
        copyArtifact(join(workspace, input('path')), join(artifacts, input('name')));
        return { exitCode: 0, output: '' };
      case 'actions/download-artifact':
        copyArtifact(join(artifacts, input('name')), join(workspace, input('path')));
        return { exitCode: 0, output: '' };
      default:
        throw new Error(`no page uses the action ${uses}`);
    }
  }

  return { step, summary: () => (existsSync(summaryFile) ? readFileSync(summaryFile, 'utf8') : '') };
}

/** Hidden files are left out, as the actions leave them out. */
function copyArtifact(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !basename(path).startsWith('.') });
}

/** What actions/checkout leaves: a branch that follows its remote, or a merge without a branch; a header as credentials. */
const checkoutScript = `
  git init --quiet
  git remote add origin "$URL"
  git config --local "http.$(dirname "$URL")/.extraheader" "$HEADER"
  depth=--depth=$DEPTH
  if [ "$DEPTH" = 0 ]; then depth=--prune; fi
  case $REF in
    refs/heads/*)
      git fetch --quiet --no-tags "$depth" origin "+refs/heads/*:refs/remotes/origin/*"
      git checkout --quiet --force -B "\${REF#refs/heads/}" "refs/remotes/origin/\${REF#refs/heads/}" ;;
    *)
      git fetch --quiet --no-tags "$depth" origin "+$REF:refs/remotes/\${REF#refs/}"
      git checkout --quiet --force "refs/remotes/\${REF#refs/}" ;;
  esac
  if [ "$PERSIST" = false ]; then git config --local --unset-all "http.$(dirname "$URL")/.extraheader"; fi
`;
