/** Length of the longest text, 0 of none; there may be more of them than a call takes arguments. */
export function widest(texts: Iterable<string>): number {
  let length = 0;
  for (const text of texts) {
    length = Math.max(length, text.length);
  }
  return length;
}
