import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { openRepository } from '../../../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { type GitHttpServerOptions, refuseAccess, serveGit } from '../../rig/git-http-server.ts';
import { createGitRepository, type GitRepositoryRig, gitTestEnvironment } from '../../rig/git-repository.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

interface Served {
  readonly remote: GitRepositoryRig;
  readonly clone: GitRepositoryRig;
  readonly url: string;
  readonly git: GitRepository;
  /** The same clone, without trust in the server's certificate. */
  readonly distrustful: GitRepository;
}

/** A bare repository with one commit behind a server, and a clone whose `origin` is the server's address. */
async function serve(
  options: GitHttpServerOptions,
  variables: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const remote = createGitRepository({ bare: true });
  onTestFinished(() => remote[Symbol.dispose]());
  const clone = remote.clone();
  clone.commit('first');
  clone.git('push', '--quiet', 'origin', 'main');
  const server = await serveGit(dirname(remote.path), options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  clone.git('remote', 'set-url', 'origin', `${server.url}/repository`);
  const open = async (environment: Readonly<Record<string, string>>): Promise<GitRepository> => {
    const git = expectValue(
      await openRepository({
        path: clone.path,
        environment: { ...gitTestEnvironment(), ...variables, ...environment },
        processes: createProcessRunner(),
      }),
    );
    onTestFinished(() => git[Symbol.asyncDispose]());
    return git;
  };
  return {
    remote,
    clone,
    url: server.url,
    git: await open(server.certificateFile === undefined ? {} : { GIT_SSL_CAINFO: server.certificateFile }),
    distrustful: await open({}),
  };
}

async function nextCommit(git: GitRepository, parent: CommitId, message = 'records'): Promise<CommitId> {
  const commit = await git.writeCommit({
    parent,
    changes: new Map([['catalog/x', Buffer.from('x')]]),
    message,
    author: { name: 'Engine', email: 'engine@example.org' },
    at: 0,
  });
  return expectValue(commit) as CommitId;
}

test.each(['http', 'https'] as const)('fetches, pushes and keeps leases over %s', async (transport) => {
  const { remote, git } = await serve({ transport });
  const tip = expectValue(await git.fetchBranch('origin', 'main')) as CommitId;
  const next = await nextCommit(git, tip);
  expect(expectValue(await git.pushBranch('origin', 'main', tip, next))).toEqual({ status: 'updated' });
  expect(remote.git('rev-parse', 'main')).toBe(next);
  const late = await nextCommit(git, tip, 'late');
  expect(expectValue(await git.pushBranch('origin', 'main', tip, late)).status).toBe('raced');

  const reference = 'refs/sandkiln/leases/x';
  const created = [{ reference, expected: undefined, next }];
  expect(expectValue(await git.updateReferences('origin', created))).toEqual({ status: 'updated' });
  const again = [{ reference, expected: undefined, next: late }];
  expect(expectValue(await git.updateReferences('origin', again)).status).toBe('raced');
  expect([...expectValue(await git.listReferences('origin', 'refs/sandkiln/'))]).toEqual([[reference, next]]);
  const both = [
    { reference, expected: next, next: undefined },
    { reference: 'refs/heads/main', expected: tip, next: late },
  ];
  expect(expectValue(await git.updateReferences('origin', both)).status).toBe('raced');
  expect(remote.git('rev-parse', reference)).toBe(next);
  expect(
    expectValue(await git.updateReferences('origin', [{ reference, expected: next, next: undefined }])),
  ).toEqual({ status: 'updated' });
  expect([...expectValue(await git.listReferences('origin', 'refs/sandkiln/'))]).toEqual([]);
});

test('a certificate that nobody vouches for is refused', async () => {
  const { distrustful } = await serve({ transport: 'https' });
  expect(expectCodes(await distrustful.fetchBranch('origin', 'main'))).toEqual(['SK2116']);
});

test.each([
  [503, 'SK2103'],
  [429, 'SK2103'],
  [403, 'SK2108'],
  [413, 'SK2109'],
] as const)('a server that answers a push with %s is told from others', async (status, code) => {
  const { git } = await serve({
    transport: 'http',
    intercept(request, response) {
      if (request.method !== 'POST' || !request.url?.endsWith('/git-receive-pack')) {
        return false;
      }
      response.writeHead(status).end();
      return true;
    },
  });
  const tip = expectValue(await git.fetchBranch('origin', 'main')) as CommitId;
  const pushed = await git.pushBranch('origin', 'main', tip, await nextCommit(git, tip));
  expect(expectCodes(pushed)).toEqual([code]);
});

test('a connection that is cut after the server took the push may be tried again', async () => {
  const { remote, git } = await serve({
    transport: 'http',
    intercept(request, response) {
      if (request.method === 'POST' && request.url?.endsWith('/git-receive-pack')) {
        response.write = () => true;
        response.end = (() => response.destroy()) as never;
      }
      return false;
    },
  });
  const tip = expectValue(await git.fetchBranch('origin', 'main')) as CommitId;
  const next = await nextCommit(git, tip);
  expect(expectCodes(await git.pushBranch('origin', 'main', tip, next))).toEqual(['SK2103']);
  expect(remote.git('rev-parse', 'main')).toBe(next);
});

const basic = Buffer.from('engine:secret-token').toString('base64');
const withToken = (url: string) => `${url.replace('//', '//engine:secret-token@')}/repository`;

/** The ways to give a token that docs/running.md names: by a variable of the program, or in the clone. */
const waysIn: readonly {
  readonly way: string;
  readonly variables?: () => Readonly<Record<string, string>>;
  readonly prepare?: (clone: GitRepositoryRig, url: string) => void;
}[] = [
  {
    way: 'a header in its configuration',
    prepare: (clone, url) =>
      void clone.git('config', `http.${url}/.extraheader`, `AUTHORIZATION: basic ${basic}`),
  },
  {
    way: 'a header in a file that its configuration includes for its folder',
    prepare(clone, url) {
      const file = join(temporaryFolder(), 'credentials.config');
      clone.git('config', '--file', file, `http.${url}/.extraheader`, `AUTHORIZATION: basic ${basic}`);
      clone.git('config', `includeIf.gitdir:${clone.path}/.git.path`, file);
    },
  },
  {
    way: 'a token in the address',
    prepare: (clone, url) => void clone.git('remote', 'set-url', 'origin', withToken(url)),
  },
  {
    way: 'a program that prints it',
    variables() {
      const file = join(temporaryFolder(), 'ask-pass');
      writeFileSync(file, '#!/bin/sh\ncase $1 in User*) echo engine ;; *) echo secret-token ;; esac\n', {
        mode: 0o755,
      });
      return { GIT_ASKPASS: file };
    },
  },
];

test.each(waysIn)('a remote lets a clone in by $way', async ({ variables, prepare }) => {
  const { clone, url, git } = await serve(
    {
      transport: 'https',
      intercept(request, response) {
        if (request.headers.authorization?.toLowerCase() === `basic ${basic}`.toLowerCase()) {
          return false;
        }
        return refuseAccess(response, 401);
      },
    },
    variables?.(),
  );
  prepare?.(clone, url);
  const tip = expectValue(await git.fetchBranch('origin', 'main')) as CommitId;
  const next = await nextCommit(git, tip);
  expect(expectValue(await git.pushBranch('origin', 'main', tip, next))).toEqual({ status: 'updated' });
});

test('a remote that lets nobody in is named without the token of its address', async () => {
  const { clone, url, git } = await serve({
    transport: 'https',
    intercept: (_, response) => refuseAccess(response, 401),
  });
  clone.git('remote', 'set-url', 'origin', withToken(url));
  const fetched = await git.fetchBranch('origin', 'main');
  expect(expectCodes(fetched)).toEqual(['SK2108']);
  expect(JSON.stringify(fetched)).not.toContain('secret-token');
});
