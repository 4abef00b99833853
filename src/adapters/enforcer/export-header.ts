import { type Digest, isDigest } from '../../model/digest.ts';
import type { EnforcerInput } from './enforcer.ts';

/** Which set a file says: what its first lines name. */
export type ExportHeader = Pick<EnforcerInput, 'list' | 'revision' | 'set'>;

/** The two lines that a file in a format with comments starts with. */
export function headerLines(comment: string, { list, revision, set }: ExportHeader): readonly string[] {
  return [`${comment} sandkiln allow-list ${list}, revision ${revision}`, `${comment} set ${set}`];
}

/** Reads what {@link headerLines} wrote. */
export function readHeader(
  comment: string,
  [first = '', second = '']: readonly string[],
): ExportHeader | undefined {
  const [, list, revision] =
    /^\S+ sandkiln allow-list ([a-z0-9-]{1,128}), revision (\d{1,15})$/.exec(first) ?? [];
  const set = second.startsWith(`${comment} set `) ? second.slice(`${comment} set `.length) : '';
  return list !== undefined && first.startsWith(`${comment} `) && isDigest(set)
    ? { list, revision: Number(revision), set: set satisfies Digest }
    : undefined;
}

/** Whether a list has a name that files may bear and hold as it is. */
export function isPlainListName(list: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,127}$/.test(list);
}
