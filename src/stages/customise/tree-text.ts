import { failure, type Result, success } from '../../model/result.ts';
import { exactEntry } from '../../tree/entry-at.ts';
import { readContent } from '../../tree/read-text.ts';
import type { TreeChange } from '../../tree/replace-entries.ts';
import type { Tree, TreeFile } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';

/** Text files that customising edits are small; larger ones are not what they seem. */
const textLimitBytes = 1024 * 1024;

/**
 * A text file of the tree, at exactly this path: links are not followed, since the file is written back to where it
 * was read from. Null where nothing is there; SK5500 where something else is there, or more than 1 MiB, or no UTF-8.
 */
export function textAt(
  tree: Tree,
  path: string,
): Result<{ readonly text: string; readonly file: TreeFile } | null> {
  const entry = exactEntry(tree, path);
  if (entry === undefined) {
    return success(null);
  }
  if (entry.type !== 'file') {
    return unusable(path, `it is a ${entry.type.replace('-', ' ')}`);
  }
  if (entry.sizeBytes > textLimitBytes) {
    return unusable(path, `it has ${entry.sizeBytes} bytes, more than ${textLimitBytes}`);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readContent(entry));
    return text.includes('\0') ? unusable(path, 'it holds NUL bytes') : success({ text, file: entry });
  } catch (error) {
    return unusable(
      path,
      error instanceof TypeError ? 'it is not UTF-8' : `it cannot be read: ${String(error)}`,
    );
  }
}

/** The change that writes text: over `before` with its mode and owner, or as a new file, root:root 0644. */
export function writeText(path: string, text: string, modifiedAt: number, before?: TreeFile): TreeChange {
  const bytes = Buffer.from(text);
  const { mode, uid, gid } = before ?? { mode: 0o644, uid: 0, gid: 0 };
  return {
    set: {
      type: 'file',
      path,
      mode,
      uid,
      gid,
      modifiedAt,
      sizeBytes: bytes.length,
      content: { at: 'memory', bytes },
    },
  };
}

/** The change that makes a symbolic link. */
export function writeLink(path: string, target: string, modifiedAt: number): TreeChange {
  return { set: { type: 'symbolic-link', path, mode: 0o777, uid: 0, gid: 0, modifiedAt, target } };
}

function unusable(path: string, why: string) {
  return failure(
    treeProblem(
      'SK5500',
      `/${path} of the image cannot be edited: ${why}`,
      'build the image again from its parent; look for a file of the spec that writes there',
    ),
  );
}
