import { describeSetText } from '../../allow-list/effective-set.ts';
import type { AllowListRevision } from '../../model/allow-list-record.ts';

/** Whether a revision says of its set what the set's text is. */
export function isSetOf({ set, validUntil }: AllowListRevision, text: string): boolean {
  const { digest, sizeBytes, count, firstExpiry } = describeSetText(text);
  return (
    set.digest === digest &&
    set.sizeBytes === sizeBytes &&
    set.entries === count &&
    validUntil === firstExpiry
  );
}
