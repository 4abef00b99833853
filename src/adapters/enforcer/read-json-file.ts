import { Buffer, isUtf8 } from 'node:buffer';
import { hasShape, type Shape } from '../../model/shape.ts';
import type { ExportedFile } from './enforcer.ts';

/** The content of an exported JSON file, or nothing where it is not as its shape says. */
export function readJsonFile<Value>({ bytes }: ExportedFile, shape: Shape<Value>): Value | undefined {
  if (!isUtf8(bytes)) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return hasShape(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of an exported JSON file, for people to read. */
export function jsonFileBytes(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
