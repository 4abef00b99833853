import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifyPushRefusal } from '../../../src/adapters/git/push-refusal.ts';
import { refusalRules } from '../../../src/adapters/git/refusal-rules.ts';

/** Answers as git and the servers of the field print them, and what they are. */
const answers: readonly (readonly [string, string, string])[] = [
  ['git: the tip moved', '!\tabc:refs/heads/main\t[rejected] (stale info)', 'raced'],
  ['git: not a fast-forward', ' ! [rejected]        main -> main (non-fast-forward)', 'raced'],
  [
    'git: unknown new commits',
    ' ! [rejected]        main -> main (fetch first)\nerror: failed to push some refs',
    'raced',
  ],
  [
    'receive-pack: two pushes at once',
    "remote: error: cannot lock ref 'refs/heads/main': is at 1 but expected 2\n! [remote rejected] main -> main (failed to update ref)",
    'raced',
  ],
  [
    'receive-pack: lock file',
    "! [remote rejected] main -> main (cannot lock ref 'refs/heads/main': Unable to create '/x/refs/heads/main.lock': File exists.)",
    'raced',
  ],
  [
    'receive-pack: incorrect old value',
    '! [remote rejected] main -> main (incorrect old value provided)',
    'raced',
  ],
  [
    'receive-pack: already there',
    "remote: error: cannot lock ref 'refs/heads/main': reference already exists",
    'raced',
  ],
  [
    'GitHub: rule set',
    'remote: error: GH013: Repository rule violations found for refs/heads/main.\nremote: - Changes must be made through a pull request.\n ! [remote rejected] main -> main (push declined due to repository rule violations)',
    'SK2106',
  ],
  [
    'GitHub: protected branch',
    'remote: error: GH006: Protected branch update failed for refs/heads/main.\nremote: error: Required status check "ci" is expected.\n! [remote rejected] main -> main (protected branch hook declined)',
    'SK2105',
  ],
  [
    'GitLab: protected branch',
    'remote: GitLab: You are not allowed to push code to protected branches on this project.\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2105',
  ],
  [
    'GitLab: push rule',
    'remote: GitLab: Commit message does not follow the push rule\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2106',
  ],
  [
    'Forgejo: protected branch',
    'remote: Forgejo: Not allowed to push to protected branch main\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2105',
  ],
  [
    'a hook of the remote',
    'remote: sign the agreement first\n ! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2107',
  ],
  ['an update hook', ' ! [remote rejected] main -> main (hook declined)', 'SK2107'],
  [
    'GitHub: workflow files',
    '! [remote rejected] main -> main (refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission)',
    'SK2108',
  ],
  [
    'ssh: no key',
    'git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'SK2108',
  ],
  [
    'GitHub: no rights',
    'remote: Permission to a/b.git denied to bot.\nfatal: unable to access: The requested URL returned error: 403',
    'SK2108',
  ],
  [
    'https: no credentials',
    "fatal: could not read Username for 'https://host': terminal prompts disabled",
    'SK2108',
  ],
  [
    'https: bad token',
    "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://host/a.git/'",
    'SK2108',
  ],
  [
    'receive-pack: folder not writable',
    'remote: error: insufficient permission for adding an object to repository database ./objects',
    'SK2108',
  ],
  [
    'ssh: unknown host',
    'Host key verification failed.\nfatal: Could not read from remote repository.',
    'SK2116',
  ],
  [
    'GitHub: large file',
    'remote: error: GH001: Large files detected.\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2109',
  ],
  [
    'GitLab: quota',
    'remote: Your push to this repository has been rejected because it would exceed the maximum size\n! [remote rejected]',
    'SK2109',
  ],
  [
    'receive-pack: disk full',
    'remote: fatal: write error: No space left on device\nerror: remote unpack failed',
    'SK2109',
  ],
  [
    'no repository',
    "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    'SK2101',
  ],
  ['a transport that is off', "fatal: transport 'ext' not allowed", 'SK2102'],
  ['shallow', '! [remote rejected] main -> main (shallow update not allowed)', 'SK2009'],
  [
    'checked out at the remote',
    'remote: error: refusing to update checked out branch: refs/heads/main\n! [remote rejected] main -> main (branch is currently checked out)',
    'SK2105',
  ],
  ['connection reset', 'fatal: the remote end hung up unexpectedly', 'transient'],
  [
    'ssh: refused',
    'ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.',
    'transient',
  ],
  ['no name', "fatal: unable to access 'https://h/': Could not resolve host: h", 'transient'],
  ['bad gateway', 'error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502', 'transient'],
  ['too many', "fatal: unable to access 'https://h/': The requested URL returned error: 429", 'transient'],
  [
    'GitHub: internal',
    'remote: Internal Server Error\n! [remote rejected] main -> main (Internal Server Error)',
    'transient',
  ],
  [
    'GitHub: too often',
    'remote: You have exceeded a secondary rate limit.\nfatal: unable to access: The requested URL returned error: 403',
    'transient',
  ],
  [
    'a branch that is a folder',
    "! [remote rejected] x -> a/b (cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b')",
    'SK2114',
  ],
  [
    'the remote checks objects',
    'remote: fatal: fsck error in packed object\nerror: remote unpack failed: index-pack abnormal exit',
    'SK2110',
  ],
  [
    'GitLab: Gitaly saw another tip',
    '! [remote rejected] main -> main (reference does not point to expected object)',
    'raced',
  ],
  [
    'forge API: a merge in between',
    'error: RPC failed; HTTP 409 curl 22 The requested URL returned error: 409',
    'raced',
  ],
  [
    'GitHub: private address',
    'remote: error: GH007: Your push would publish a private email address.\n! [remote rejected] main -> main (push declined due to email privacy restrictions)',
    'SK2106',
  ],
  [
    'GitHub: push protection',
    'remote: error: GH009: Secrets detected! This push failed.\nremote: - GITHUB PUSH PROTECTION\n! [remote rejected] main -> main (push declined due to repository rule violations)',
    'SK2106',
  ],
  [
    'GitHub: signed commits only',
    'remote: error: GH006: Protected branch update failed for refs/heads/main.\nremote: error: Commits must have verified signatures.\n! [remote rejected] main -> main (protected branch hook declined)',
    'SK2105',
  ],
  [
    'GitHub: archived',
    'remote: This repository was archived so it is read-only.\nfatal: unable to access: The requested URL returned error: 403',
    'SK2108',
  ],
  [
    'GitHub: no write access',
    'remote: Write access to repository not granted.\nfatal: unable to access: The requested URL returned error: 403',
    'SK2108',
  ],
  [
    'GitHub: read-only key',
    'ERROR: The key you are authenticating with has been marked as read only.\nfatal: Could not read from remote repository.',
    'SK2108',
  ],
  [
    'GitHub: it fails inside',
    'remote: fatal error in commit_refs\n! [remote rejected] main -> main (failure)',
    'transient',
  ],
  ['GitHub: no such repository', 'remote: Repository not found.\nfatal: repository not found', 'SK2101'],
  [
    'GitLab: message pattern',
    "remote: GitLab: Commit message does not follow the pattern 'x'\n! [remote rejected] main -> main (pre-receive hook declined)",
    'SK2106',
  ],
  [
    'GitLab: unsigned',
    'remote: GitLab: Commit must be signed with a GPG key\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2106',
  ],
  [
    'GitLab: a stranger',
    "remote: GitLab: Author 'engine@localhost' is not a member of team\n! [remote rejected] main -> main (pre-receive hook declined)",
    'SK2106',
  ],
  [
    'GitLab: force push',
    'remote: GitLab: You are not allowed to force push code to a protected branch on this project.\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2105',
  ],
  [
    'GitLab: no developer',
    'remote: You are not allowed to push code to this project.\nfatal: Could not read from remote repository.',
    'SK2108',
  ],
  ['GitLab: deploy key', 'remote: This deploy key does not have write access to this project.', 'SK2108'],
  [
    'GitLab: hidden project',
    "remote: The project you were looking for could not be found or you don't have permission to view it.\nfatal: repository not found",
    'SK2101',
  ],
  [
    'GitLab: size limit',
    'remote: GitLab: Your push has been rejected, because this repository has exceeded its size limit of 100 MB by 1 MB.\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2109',
  ],
  [
    'GitLab: overloaded',
    'remote: GitLab is currently unable to handle this request due to load.',
    'transient',
  ],
  [
    'GitLab: storage away',
    'remote: GitLab: The git server, Gitaly, is not available at this time.',
    'transient',
  ],
  [
    'GitLab: limited',
    'remote: ERROR: This endpoint has been requested too many times. Try again later.\nRetry later',
    'transient',
  ],
  [
    'Gitea: protected branch',
    'remote: Gitea: Not allowed to push to protected branch main\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2105',
  ],
  [
    'Forgejo: force push',
    'remote: Forgejo: branch main is protected from force push\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2105',
  ],
  [
    'Forgejo: deploy key',
    'Forgejo: Deploy Key: 3:engine is not authorized to write to lab/images.',
    'SK2108',
  ],
  [
    'Forgejo: quota',
    'remote: Forgejo: Quota exceeded\n! [remote rejected] main -> main (pre-receive hook declined)',
    'SK2109',
  ],
  ['Gitea: not let in', 'remote: Gitea: Unauthorized', 'SK2108'],
  [
    'https: too large for the proxy',
    'error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413',
    'SK2109',
  ],
  [
    'https: proxy waits in vain',
    'error: RPC failed; HTTP 504 curl 22 The requested URL returned error: 504',
    'transient',
  ],
  [
    'https: cut in the answer',
    'error: RPC failed; curl 56 OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading',
    'transient',
  ],
  [
    'https: stream cut',
    'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)',
    'transient',
  ],
  [
    'https: partial',
    'fatal: expected flush after ref listing\nerror: RPC failed; curl 18 Transferred a partial file',
    'transient',
  ],
  [
    'https: GnuTLS',
    "fatal: unable to access 'https://h/': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
    'transient',
  ],
  [
    'https: certificate',
    "fatal: unable to access 'https://h/': SSL certificate problem: self-signed certificate",
    'SK2116',
  ],
  [
    'git: cut after the pack',
    'send-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end hung up unexpectedly',
    'transient',
  ],
  [
    'ssh: closed at once',
    'kex_exchange_identification: Connection closed by remote host\nfatal: Could not read from remote repository.',
    'transient',
  ],
  [
    'receive-pack: hidden refs',
    '! [remote rejected] x -> refs/sandkiln/leases/x (deny updating a hidden ref)',
    'SK2118',
  ],
  [
    "another user's folder",
    "fatal: detected dubious ownership in repository at '/srv/x.git'\nfatal: Could not read from remote repository.",
    'SK2002',
  ],
  [
    'pull requests only',
    'remote: TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.',
    'SK2105',
  ],
  ['something new', 'fatal: the moon is in the wrong house', 'SK2110'],
];

test.each(answers)('%s', (_, stderr, expected) => {
  const refusal = classifyPushRefusal(
    { ended: 'exited', stdout: Buffer.alloc(0), stderr },
    { doing: 'pushing to', remote: 'origin', branch: 'main' },
  );
  if (expected === 'raced') {
    expect(refusal.status).toBe('raced');
  } else if (refusal.status === 'refused') {
    const { code, failure, message, hint } = refusal.diagnostic;
    expect(failure === 'transient' ? 'transient' : code).toBe(expected);
    expect(message).toMatch(/^pushing to origin (failed|was refused)/);
    expect(hint).not.toContain('<branch>');
  } else {
    expect(refusal.status).toBe('refused');
  }
});

test("the remote's own words are in the message", () => {
  const refusal = classifyPushRefusal(
    {
      ended: 'exited',
      stdout: Buffer.from('!\tx:refs/heads/main\t[remote rejected] (pre-receive hook declined)\n'),
      stderr: 'remote: sign the agreement first        \nremote: \nerror: failed to push some refs\n',
    },
    { doing: 'pushing to', remote: 'origin', branch: 'main' },
  );
  expect(refusal).toMatchObject({
    diagnostic: { message: expect.stringContaining('sign the agreement first; pre-receive hook declined') },
  });
});

test.each([
  ['timed-out', 'timed-out'],
  ['cancelled', 'cancelled'],
] as const)('a push that was %s says so', (ended, failure) => {
  const refusal = classifyPushRefusal(
    { ended, stdout: Buffer.alloc(0), stderr: '' },
    { doing: 'pushing to', remote: 'origin', branch: 'main' },
  );
  expect(refusal).toMatchObject({ diagnostic: { code: 'SK2104', failure } });
});

test('every rule is shown by an answer', () => {
  const used = new Set(
    answers.map(([, answer]) => refusalRules.find(({ pattern }) => pattern.test(`\n${answer}`))),
  );
  expect(refusalRules.filter((rule) => !used.has(rule)).map(({ pattern }) => String(pattern))).toEqual([]);
});

test('the page on write-back has the table of these rules', () => {
  const page = readFileSync(new URL('../../../docs/write-back.md', import.meta.url), 'utf8');
  const rows = refusalRules.map((rule) =>
    rule.kind === 'raced'
      ? '| somebody was faster: the ref is not where it was | | tried again at the new tip | nothing |'
      : `| ${rule.cause} | ${rule.code} | ${rule.kind === 'transient' ? 'tried again' : 'stops'} | ${rule.hint.replaceAll('<branch>', 'the branch')} |`,
  );
  expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
});
