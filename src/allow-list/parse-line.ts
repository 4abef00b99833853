/** A line as JSON: its value, or that it is blank, or where it stops being JSON. */
export type ParsedLine =
  | { readonly problem: undefined; readonly value: unknown }
  | { readonly problem: 'blank' | number };

/** Reads a line; the place is the first that cannot be right where that is known, else the start. */
export function parseLine(line: string): ParsedLine {
  try {
    return { problem: undefined, value: JSON.parse(line) };
  } catch (error) {
    if (line.trim() === '') {
      return { problem: 'blank' };
    }
    const at = /at position ([0-9]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return { problem: Math.min(Number(at ?? firstUnreadable(line)), line.length) };
  }
}

/** Where the first text stands that is no token of JSON; the start where all are, in an order that is not JSON. */
function firstUnreadable(line: string): number {
  const token =
    /\s*(?:[{}[\]:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/y;
  let end = 0;
  while (token.test(line)) {
    end = token.lastIndex;
  }
  const rest = line.slice(end);
  return rest.trim() === '' ? 0 : line.length - rest.trimStart().length;
}
