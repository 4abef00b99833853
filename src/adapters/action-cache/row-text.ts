import type { BlobReference, StageOutput } from '../../model/action.ts';
import { digestOfBytes, isDigest } from '../../model/digest.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ActionCacheRow } from './action-cache.ts';
import { type FileMark, isFileMark } from './file-mark.ts';

/** A row as it is kept: with the state in which the blobs that it needs were found right. */
export interface KeptRow {
  readonly row: ActionCacheRow;
  /** One for each of {@link blobsNeeded}, in that order. */
  readonly marks: readonly FileMark[];
}

/** Blobs without which a row is worth nothing. */
export function blobsNeeded(output: StageOutput): readonly BlobReference[] {
  return [...Object.values(output.blobs), ...(output.alsoNeeded ?? [])];
}

/** The text of a row: the digest of the second line, then the row as one line of JSON. */
export function rowText(kept: KeptRow): string {
  const json = JSON.stringify(kept);
  return `${digestOfBytes(json)}\n${json}\n`;
}

/** Nothing where the text is damaged, or written in a format of another time. */
export function parseRow(text: string): KeptRow | undefined {
  const split = text.indexOf('\n');
  const json = text.slice(split + 1, -1);
  if (split === -1 || !text.endsWith('\n') || digestOfBytes(json) !== text.slice(0, split)) {
    return undefined;
  }
  const kept: unknown = JSON.parse(json);
  return isKeptRow(kept) ? kept : undefined;
}

/** The digest over the text vouches for what this program wrote; this tells formats apart. */
function isKeptRow(value: unknown): value is KeptRow {
  const row = isJsonObject(value) ? value['row'] : undefined;
  const marks = isJsonObject(value) ? value['marks'] : undefined;
  return (
    isJsonObject(row) &&
    row['formatVersion'] === 2 &&
    isDigest(row['key']) &&
    isJsonObject(row['inputs']) &&
    typeof row['action'] === 'string' &&
    typeof row['startedAt'] === 'string' &&
    typeof row['finishedAt'] === 'string' &&
    isJsonObject(row['tools']) &&
    isOutput(row['output']) &&
    Array.isArray(marks) &&
    marks.length === blobsNeeded(row['output']).length &&
    marks.every(isFileMark) &&
    (row['log'] === undefined || isBlobReference(row['log']))
  );
}

function isOutput(value: unknown): value is StageOutput {
  return (
    isJsonObject(value) &&
    isJsonObject(value['data']) &&
    isJsonObject(value['blobs']) &&
    Object.values(value['blobs']).every(isBlobReference) &&
    (value['alsoNeeded'] === undefined ||
      (Array.isArray(value['alsoNeeded']) && value['alsoNeeded'].every(isBlobReference)))
  );
}

function isBlobReference(value: unknown): boolean {
  return isJsonObject(value) && isDigest(value['digest']) && typeof value['sizeBytes'] === 'number';
}
