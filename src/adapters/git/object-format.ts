import { createHash } from 'node:crypto';
import type { ObjectType } from './cat-file.ts';
import type { CommitId, ObjectId } from './git.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** Bytes of an object name. */
export function idLengthBytes(format: ObjectFormat): number {
  return format === 'sha1' ? 20 : 32;
}

/** An object that is about to be written. */
export interface NewObject {
  readonly id: ObjectId;
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
}

export function newObject(type: ObjectType, bytes: Uint8Array, format: ObjectFormat): NewObject {
  const id = createHash(format).update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
  return { id: asObjectId(id), type, bytes };
}

/** For names that git or this program made. */
export function asObjectId(text: string): ObjectId {
  if (!isObjectId(text)) {
    throw new TypeError(`not an object name: ${JSON.stringify(text)}`);
  }
  return text;
}

/** For names of commits that git or this program made. */
export function asCommitId(text: string): CommitId {
  if (!isCommitId(text)) {
    throw new TypeError(`not a commit name: ${JSON.stringify(text)}`);
  }
  return text;
}

/** The name that stands for "nothing" where git wants an object name. */
export function nullId(format: ObjectFormat): string {
  return '0'.repeat(2 * idLengthBytes(format));
}

/** Whether a text can be the full name of an object, whatever it names. */
export function isObjectId(text: string): text is ObjectId {
  return objectIdPattern.test(text);
}

/** Whether a text can be the full name of a commit. */
export function isCommitId(text: string): text is CommitId {
  return objectIdPattern.test(text);
}

const objectIdPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
