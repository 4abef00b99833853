/** One step of a JSON pointer (RFC 6901, section 3) for a key or an index. */
export function pointerStep(key: string | number): string {
  if (typeof key === 'number' || !/[~/]/.test(key)) {
    return `/${key}`;
  }
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys and indexes of a JSON pointer (RFC 6901, section 4); none for the empty pointer. */
export function pointerKeys(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
