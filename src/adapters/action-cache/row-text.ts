import type { BlobReference, StageOutput } from '../../model/action.ts';
import { digestOfBytes, isDigest } from '../../model/digest.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ActionCacheRow, KeptResult } from './action-cache.ts';
import { type FileMark, isFileMark } from './file-mark.ts';

/** A row as it is kept: with the state in which the blobs that it needs were found right. */
export interface KeptRow extends CheckedResult {
  /** JSON of {@link ActionCacheRow.inputs}, which can be large and which a hit has no use for. */
  readonly inputsText: string;
}

interface CheckedResult {
  readonly result: KeptResult;
  /** One for each of {@link blobsNeeded}, in that order. */
  readonly marks: readonly FileMark[];
}

/** A row as it is to be kept. */
export function keptRow({ inputs, ...result }: ActionCacheRow, marks: readonly FileMark[]): KeptRow {
  return { result, marks, inputsText: JSON.stringify(inputs) };
}

/** The row with what its key was made of; nothing where that is no JSON object. */
export function wholeRow({ result, inputsText }: KeptRow): ActionCacheRow | undefined {
  const inputs: unknown = JSON.parse(inputsText);
  return isJsonObject(inputs) ? { ...result, inputs } : undefined;
}

/** Blobs without which a row is worth nothing. */
export function blobsNeeded(output: StageOutput): readonly BlobReference[] {
  return [...Object.values(output.blobs), ...(output.alsoNeeded ?? [])];
}

/** The text of a row: the digest of the other two lines, the result and its marks, what its key was made of. */
export function rowText({ result, marks, inputsText }: KeptRow): string {
  const lines = `${JSON.stringify({ result, marks } satisfies CheckedResult)}\n${inputsText}`;
  return `${digestOfBytes(lines)}\n${lines}\n`;
}

/** Nothing where the text is damaged, or written in a format of another time. */
export function parseRow(text: string): KeptRow | undefined {
  const split = text.indexOf('\n');
  const lines = text.slice(split + 1, -1);
  if (split === -1 || !text.endsWith('\n') || digestOfBytes(lines) !== text.slice(0, split)) {
    return undefined;
  }
  const end = lines.indexOf('\n');
  const checked: unknown = end === -1 ? undefined : JSON.parse(lines.slice(0, end));
  return isCheckedResult(checked)
    ? { result: checked.result, marks: checked.marks, inputsText: lines.slice(end + 1) }
    : undefined;
}

/** The digest over the text vouches for what this program wrote; this tells formats apart. */
function isCheckedResult(value: unknown): value is CheckedResult {
  const result = isJsonObject(value) ? value['result'] : undefined;
  const marks = isJsonObject(value) ? value['marks'] : undefined;
  return (
    isJsonObject(result) &&
    result['formatVersion'] === 3 &&
    isDigest(result['key']) &&
    typeof result['action'] === 'string' &&
    typeof result['startedAt'] === 'string' &&
    typeof result['finishedAt'] === 'string' &&
    isJsonObject(result['tools']) &&
    isOutput(result['output']) &&
    Array.isArray(marks) &&
    marks.length === blobsNeeded(result['output']).length &&
    marks.every(isFileMark) &&
    (result['log'] === undefined || isBlobReference(result['log']))
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
