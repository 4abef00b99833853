import { Buffer, isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { hasShape, type Shape } from '../../model/shape.ts';
import { recordBytes } from './record-bytes.ts';

/** Largest JSON record that is parsed. */
export const recordLimitBytes = 16 * 1024 * 1024;
const depthLimit = 64;

/**
 * A record from its bytes: size, UTF-8, JSON, depth and shape are checked (SK8050). With `exact`, the bytes must also
 * be the RFC 8785 text that {@link recordBytes} writes (SK8051), so that no field stands there twice.
 */
export function parseRecord<Value extends object>(
  bytes: Uint8Array,
  shape: Shape<Value>,
  file: string,
  exact: 'exact' | 'as-is' = 'as-is',
  limitBytes = recordLimitBytes,
): Result<Value> {
  const parsed = parseJson(bytes, file, limitBytes);
  if (!parsed.ok) {
    return parsed;
  }
  if (!hasShape(shape, parsed.value)) {
    const problem = shape.problem(parsed.value, '');
    return failure(malformed(file, `${problem?.pointer || 'the record'} is not ${problem?.expected}`));
  }
  return exact === 'exact' && !isCanonical(parsed.value, bytes)
    ? failure(notCanonical(file))
    : success(parsed.value);
}

/** Parses untrusted JSON in bounds; SK8050 on anything else. */
export function parseJson(bytes: Uint8Array, file: string, limitBytes = recordLimitBytes): Result<unknown> {
  if (bytes.length > limitBytes) {
    return failure(malformed(file, `it has ${bytes.length} bytes, more than ${limitBytes}`));
  }
  if (!isUtf8(bytes)) {
    return failure(malformed(file, 'it is not JSON in UTF-8'));
  }
  try {
    const value: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
    );
    return isShallow(value, depthLimit)
      ? success(value)
      : failure(malformed(file, `it is nested deeper than ${depthLimit} levels`));
  } catch {
    return failure(malformed(file, 'it is not JSON in UTF-8'));
  }
}

/** Whether a parsed value is nested at most so many levels deep. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return true;
  }
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}

function isCanonical(value: object, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(recordBytes(value), bytes) === 0;
  } catch {
    // A lone surrogate has no canonical form.
    return false;
  }
}

function malformed(file: string, why: string): Diagnostic {
  return {
    code: 'SK8050',
    severity: 'error',
    message: `${file} is not a record: ${why}`,
    hint: 'restore the file from the commit that wrote it; only the engine writes to the catalog and to trust/',
    place: { file },
  };
}

function notCanonical(file: string): Diagnostic {
  return {
    code: 'SK8051',
    severity: 'error',
    message: `${file} is not written in its canonical form`,
    hint: 'restore the file from the commit that wrote it; records are RFC 8785 JSON and a final newline',
    place: { file },
  };
}
