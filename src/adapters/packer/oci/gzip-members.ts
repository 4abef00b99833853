import { createGzip } from 'node:zlib';
import { releaseMemory } from '../../../model/release-memory.ts';

/** Input of one member; a part of the format, as another size gives other bytes. */
const memberBytes = 4 * 1024 * 1024;
/** More than a member of bytes that cannot be compressed takes. */
const outputBytes = memberBytes + 64 * 1024;
const membersAtOnce = 3;

/**
 * Compresses as a series of gzip members (RFC 1952, section 2.2), which readers take as one stream. Members are
 * independent, so several are made at once; their bytes do not depend on how many. Level 1: a third of the time of
 * level 6 for 7 % more bytes. What is given holds until the next one is asked for.
 */
export async function* gzipMembers(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const memory = Array.from({ length: membersAtOnce }, () => Buffer.allocUnsafeSlow(memberBytes));
  const running: Promise<readonly Uint8Array[]>[] = [];
  for (const part of parts(chunks, memory)) {
    running.push(compress(part));
    if (running.length >= membersAtOnce) {
      yield* released(running.splice(0, 1));
    }
  }
  yield* released(running);
  for (const { buffer } of memory) {
    releaseMemory(buffer);
  }
}

async function compress(part: Uint8Array): Promise<readonly Uint8Array[]> {
  const stream = createGzip({ level: 1, memLevel: 9, chunkSize: outputBytes });
  stream.end(part);
  return stream.toArray();
}

/** Pieces of a member share the memory that its stream has made for it. */
async function* released(members: readonly Promise<readonly Uint8Array[]>[]): AsyncGenerator<Uint8Array> {
  for (const member of members) {
    const pieces = await member;
    yield* pieces;
    for (const memory of new Set(pieces.map(({ buffer }) => buffer))) {
      releaseMemory(memory);
    }
  }
}

/**
 * The input in parts, in the given pieces of memory in turn: when a part is asked for, the one that was given
 * `membersAtOnce` parts before is done with.
 */
function* parts(chunks: Iterable<Uint8Array>, memory: readonly Buffer[]): Generator<Uint8Array> {
  let count = 0;
  let used = 0;
  for (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const part = memory[count % membersAtOnce];
      const piece = rest.subarray(0, memberBytes - used);
      part?.set(piece, used);
      used += piece.length;
      rest = rest.subarray(piece.length);
      if (used === memberBytes && part !== undefined) {
        yield part;
        count++;
        used = 0;
      }
    }
  }
  const last = memory[count % membersAtOnce];
  if (used > 0 && last !== undefined) {
    yield last.subarray(0, used);
  }
}
