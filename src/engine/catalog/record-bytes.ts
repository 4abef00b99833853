import { Buffer } from 'node:buffer';
import { canonicalJson } from '../../model/canonical-json.ts';

/** How every JSON record stands in the catalog and in `trust/`: RFC 8785 and a final newline, UTF-8. */
export function recordBytes(record: object): Uint8Array {
  return Buffer.from(`${canonicalJson(record)}\n`, 'utf8');
}
