import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../../model/result.ts';
import type { TreeEntry } from '../../../tree/tree.ts';
import { shownPath, treeProblem } from '../../../tree/tree-problem.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { runTool } from '../run-tool.ts';
import type { ImageRange } from './mke2fs-command.ts';

/** What debugfs takes without quoting, of the name spaces that ext4 has. ACLs are converted to its own form. */
const storableName = /^(system\.posix_acl_(access|default)|(security|user|trusted)\.[A-Za-z0-9_.-]{1,200})$/;
const valueLimitBytes = 3072;

/**
 * Sets the extended attributes of a tree on the inodes of an ext4 file system by debugfs. Its commands hold inode
 * numbers and file names of our own only, no path of the tree. SK5022 for an attribute that cannot be stored.
 */
export async function setAttributes(
  processes: ProcessRunner,
  inodes: ReadonlyMap<TreeEntry, number>,
  image: ImageRange,
  fakeTime: string,
  context: WorkContext,
): Promise<Result<void>> {
  const commands: string[] = [];
  for (const [entry, inode] of inodes) {
    for (const [name, value] of [...(entry.attributes ?? [])].sort(([left], [right]) =>
      left < right ? -1 : 1,
    )) {
      if (!storableName.test(name) || value.length > valueLimitBytes) {
        return failure(unstorable(`${shownPath(name)} of ${shownPath(entry.path)}`));
      }
      const valueFile = `attribute-${commands.length}`;
      writeFileSync(join(context.scratch.path, valueFile), value);
      commands.push(`ea_set -f ${valueFile} <${inode}> ${name}`);
    }
  }
  if (commands.length === 0) {
    return success(undefined);
  }
  writeFileSync(join(context.scratch.path, 'attributes.debugfs'), `${commands.join('\n')}\n`);
  const command = {
    file: 'debugfs',
    arguments: ['-w', '-f', 'attributes.debugfs', `${image.path}?offset=${image.offset}`],
    directory: context.scratch.path,
    environment: { E2FSPROGS_FAKE_TIME: fakeTime, DEBUGFS_PAGER: '__none__' },
  };
  const run = await runTool(processes, command, context, {
    what: 'setting extended attributes',
    stdoutTo: 'log',
  });
  if (!run.ok) {
    return run;
  }
  // debugfs ends with 0 whatever its commands did; its own version is all that it may say.
  const complaint = run.value.stderr
    .split('\n')
    .find((line) => line !== '' && !line.startsWith('debugfs 1.'));
  return complaint === undefined
    ? success(undefined)
    : failure(unstorable(`(debugfs: ${shownPath(complaint)})`));
}

function unstorable(what: string): ReturnType<typeof treeProblem> {
  return treeProblem(
    'SK5022',
    `the extended attribute ${what} cannot be stored in ext4`,
    'remove it where the tree is made, or build no disk from this tree',
  );
}
