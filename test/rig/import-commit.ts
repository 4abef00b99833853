import { execFileSync } from 'node:child_process';
import { gitTestEnvironment } from './git-repository.ts';

/** A file of a commit: text of a plain file, or text with its mode (`100755`, or `120000` with the link's target). */
export type CommitFile = string | Uint8Array | { readonly mode: string; readonly text: string };

/** Writes one commit that holds exactly these files to the branch `main`, and gives its id. Touches no work tree. */
export function importCommit(
  repository: string,
  files: ReadonlyMap<string, CommitFile>,
  options: { readonly parent?: string | undefined; readonly branch?: string } = {},
): string {
  const branch = `refs/heads/${options.branch ?? 'main'}`;
  const parts: (string | Uint8Array)[] = [
    `commit ${branch}\nmark :1\ncommitter Ada Example <ada@example.org> 1767323045 +0000\ndata 6\nchange\n`,
    options.parent === undefined ? '' : `from ${options.parent}\n`,
    'deleteall\n',
  ];
  for (const [path, file] of files) {
    const isPlain = typeof file === 'string' || file instanceof Uint8Array;
    const content = isPlain ? file : file.text;
    parts.push(`M ${isPlain ? '100644' : file.mode} inline ${JSON.stringify(path)}\n`);
    parts.push(`data ${Buffer.byteLength(content)}\n`, content, '\n');
  }
  parts.push('get-mark :1\n');
  return execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: repository,
    env: gitTestEnvironment(),
    input: Buffer.concat(parts.map((part) => Buffer.from(part))),
    stdio: ['pipe', 'pipe', 'inherit'],
    encoding: 'utf8',
  }).trim();
}
