import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { failure, type Result, success } from '../../model/result.ts';
import { unreadableHostFile } from './unreadable-host-file.ts';

/**
 * Reads a file that can name commands to run, so that nobody else may be able to change it: it and its folder belong to
 * this user or root, and neither group nor others can write to them. Nothing where there is no such file; else SK9010.
 */
export async function readOwnFile(file: string): Promise<Result<string | undefined>> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const [own, folder] = [await handle.stat(), await stat(dirname(file))];
    const loose = looseness(file, own) ?? looseness(dirname(file), folder);
    return loose === undefined
      ? success(await handle.readFile('utf8'))
      : failure(unreadableHostFile({ file }, ...loose));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return success(undefined);
    }
    const why = error instanceof Error ? error.message : String(error);
    return failure(unreadableHostFile({ file }, why));
  } finally {
    await handle?.close();
  }
}

function looseness(path: string, { mode, uid }: Stats): readonly [why: string, hint: string] | undefined {
  if (uid !== 0 && uid !== process.getuid?.()) {
    return [`${path} belongs to another user (${uid})`, `chown it to the user who runs sandkiln, or to root`];
  }
  if ((mode & 0o022) !== 0) {
    const text = (mode & 0o777).toString(8).padStart(4, '0');
    return [`${path} has mode ${text}: others can change which commands it names`, `chmod go-w ${path}`];
  }
  return undefined;
}
