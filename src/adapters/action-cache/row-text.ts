import { canonicalJson } from '../../model/canonical-json.ts';
import { digestOfBytes, digestOfJson, isDigest } from '../../model/digest.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ActionCacheRow } from './action-cache.ts';

/** The text of a row: the digest of the second line, then the row as one line of RFC 8785 JSON. */
export function rowText(row: ActionCacheRow): string {
  const json = canonicalJson(rowJson(row));
  return `${digestOfBytes(json)}\n${json}\n`;
}

/** Nothing where the text is damaged, or written in a format of another time. */
export function parseRow(text: string): ActionCacheRow | undefined {
  const [digest, json, end] = text.split('\n');
  if (json === undefined || end !== '' || digestOfBytes(json) !== digest) {
    return undefined;
  }
  const row: unknown = JSON.parse(json);
  return isRow(row) ? row : undefined;
}

function rowJson(row: ActionCacheRow): JsonValue {
  const { output, log, ...rest } = row;
  return {
    ...rest,
    output: {
      blobs: Object.fromEntries(Object.entries(output.blobs).map(([name, blob]) => [name, { ...blob }])),
      data: output.data,
      ...(output.notNeeded === undefined ? {} : { notNeeded: output.notNeeded }),
    },
    ...(log === undefined ? {} : { log: { ...log } }),
  };
}

/** The digest over the text vouches for what this program wrote; this tells formats apart. */
function isRow(value: unknown): value is ActionCacheRow {
  return (
    isJsonObject(value) &&
    value['formatVersion'] === 1 &&
    isDigest(value['key']) &&
    isJsonObject(value['inputs']) &&
    digestOfJson(value['inputs']) === value['key'] &&
    typeof value['action'] === 'string' &&
    typeof value['startedAt'] === 'string' &&
    typeof value['finishedAt'] === 'string' &&
    isJsonObject(value['tools']) &&
    isJsonObject(value['output']) &&
    isJsonObject(value['output']['data']) &&
    isJsonObject(value['output']['blobs']) &&
    Object.values(value['output']['blobs']).every(isBlobReference) &&
    (value['log'] === undefined || isBlobReference(value['log']))
  );
}

function isBlobReference(value: unknown): boolean {
  return isJsonObject(value) && isDigest(value['digest']) && typeof value['sizeBytes'] === 'number';
}
