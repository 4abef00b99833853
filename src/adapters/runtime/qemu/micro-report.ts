import type { GuestCommandResult } from '../runtime.ts';

/** What the small initrd told on its report port. */
export interface MicroReport {
  /** The root file system and the layer above it were mounted. */
  readonly mounted: boolean;
  /** All commands were run and reported. */
  readonly complete: boolean;
  /** By the position of the command; nothing where there was no report. */
  readonly results: readonly (GuestCommandResult | undefined)[];
}

/**
 * Reads lines of the form `NONCE POSITION EXIT-CODE STDOUT STDERR` (the streams in base64), `NONCE mounted` and
 * `NONCE end`. Everything else is noise; of two reports for one command the first counts.
 */
export function readMicroReport(bytes: Uint8Array, nonce: string, commandCount: number): MicroReport {
  const results: (GuestCommandResult | undefined)[] = Array.from({ length: commandCount });
  let mounted = false;
  let complete = false;
  for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
    const words = line.replace(/\r$/, '').split(' ');
    if (words[0] !== nonce) {
      continue;
    }
    mounted ||= words.length === 2 && words[1] === 'mounted';
    complete ||= words.length === 2 && words[1] === 'end';
    const position = commandPosition(words[1], commandCount);
    const result = commandResult(words);
    if (position !== undefined && result !== undefined) {
      results[position] ??= result;
    }
  }
  return { mounted, complete: complete && results.every((result) => result !== undefined), results };
}

function commandPosition(word: string | undefined, commandCount: number): number | undefined {
  const position = word !== undefined && /^[0-9]{1,6}$/.test(word) ? Number(word) : undefined;
  return position !== undefined && position < commandCount ? position : undefined;
}

function commandResult(words: readonly string[]): GuestCommandResult | undefined {
  const [, , code = '', stdout = '', stderr = ''] = words;
  if (words.length !== 5 || !/^[0-9]{1,3}$/.test(code)) {
    return undefined;
  }
  return [stdout, stderr].every((text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text))
    ? { exitCode: Number(code), stdout: decoded(stdout), stderr: decoded(stderr) }
    : undefined;
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
