import { pointerStep } from '../model/json-pointer.ts';

/** From `start` to before `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the members of a JSON text stand, by RFC 6901 pointer; of keys that stand twice, the first. */
export interface JsonSpans {
  readonly keys: ReadonlyMap<string, Span>;
  readonly values: ReadonlyMap<string, Span>;
  /** Keys that stand in their object already. */
  readonly repeated: readonly { readonly pointer: string; readonly span: Span }[];
}

interface Container {
  readonly pointer: string;
  readonly start: number;
  /** Keys of an object so far; nothing for an array. */
  readonly keys: Set<string> | undefined;
  items: number;
}

/** Where everything stands in a text that `JSON.parse` has read, which keeps silent about keys that stand twice. */
export function jsonSpans(text: string): JsonSpans {
  const keys = new Map<string, Span>();
  const values = new Map<string, Span>();
  const repeated: { readonly pointer: string; readonly span: Span }[] = [];
  const open: Container[] = [];
  let key: string | undefined;
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]|[^\s{}[\]:,"]+/g;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [written] = token;
    const span = { start: token.index, end: tokens.lastIndex };
    const container = open.at(-1);
    if (written === '}' || written === ']') {
      open.pop();
      note(container?.pointer ?? '', { start: container?.start ?? 0, end: span.end });
    } else if (container?.keys !== undefined && key === undefined) {
      key = JSON.parse(written);
      noteKey(container, container.keys, String(key), span);
    } else if (written !== ':') {
      const pointer = pointerOf(container);
      if (written === '{' || written === '[') {
        open.push({ pointer, start: span.start, keys: written === '{' ? new Set() : undefined, items: 0 });
      } else {
        note(pointer, span);
      }
      key = undefined;
    }
  }
  return { keys, values, repeated };

  function pointerOf(container: Container | undefined): string {
    return container === undefined ? '' : container.pointer + pointerStep(key ?? container.items++);
  }

  function note(pointer: string, span: Span): void {
    if (!values.has(pointer)) {
      values.set(pointer, span);
    }
  }

  function noteKey(container: Container, known: Set<string>, name: string, span: Span): void {
    const pointer = container.pointer + pointerStep(name);
    if (known.has(name)) {
      repeated.push({ pointer, span });
    } else {
      known.add(name);
      keys.set(pointer, span);
    }
  }
}

/**
 * Whether a JSON text may hold a key twice, `value` being what was read from it; a cheap look that is sure of `false`
 * alone. It counts what ends keys: where nothing is escaped and no space stands before a colon, there are at least as
 * many as there are keys.
 */
export function mayRepeatKeys(text: string, value: unknown): boolean {
  return text.includes('\\') || /"\s+:/.test(text) || keyEnds(text) !== countKeys(value);
}

function keyEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) {
    count++;
  }
  return count;
}

/** Keys at the top and one level below, which is as deep as entries go. */
function countKeys(value: unknown, levels = 2): number {
  let count = 0;
  if (levels > 0 && isMap(value)) {
    for (const key in value) {
      count += 1 + countKeys(value[key], levels - 1);
    }
  }
  return count;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
