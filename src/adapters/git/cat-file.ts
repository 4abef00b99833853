import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Socket } from 'node:net';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** What git answers about one object name. */
export type ObjectReply =
  | {
      readonly status: 'found';
      readonly id: string;
      readonly type: ObjectType;
      readonly sizeBytes: number;
      readonly bytes: Buffer;
    }
  | { readonly status: 'missing' | 'ambiguous' }
  /** The process ended instead of answering, as it does for damaged objects. */
  | { readonly status: 'ended'; readonly stderr: string };

/** One long-lived `git cat-file --batch-command` that answers every question about objects. */
export interface CatFile extends AsyncDisposable {
  /** Name, type and size; `bytes` is empty. Names are revisions without line breaks. */
  info(name: string): Promise<ObjectReply>;
  /** The same with the whole content. */
  contents(name: string): Promise<ObjectReply>;
}

interface Question {
  readonly line: string;
  readonly withContents: boolean;
  readonly answer: (reply: ObjectReply) => void;
}

/**
 * The process starts with the first question and again after it died. Questions asked in the same turn go out in one
 * write and are flushed together. An idle process does not keep the program alive, and ends with it.
 */
export function createCatFile(directory: string, environment: Readonly<Record<string, string>>): CatFile {
  let asked: Question[] = [];
  let conversation: Conversation | undefined;

  function ask(command: 'info' | 'contents', name: string): Promise<ObjectReply> {
    if (/[\n\0]/.test(name)) {
      return Promise.resolve({ status: 'missing' });
    }
    return new Promise((answer) => {
      if (asked.length === 0) {
        queueMicrotask(send);
      }
      asked.push({ line: `${command} ${name}\n`, withContents: command === 'contents', answer });
    });
  }

  function send(): void {
    if (conversation === undefined || conversation.isOver()) {
      conversation = converse(directory, environment);
    }
    conversation.send(asked);
    asked = [];
  }

  return {
    info: (name) => ask('info', name),
    contents: (name) => ask('contents', name),
    async [Symbol.asyncDispose]() {
      await conversation?.close();
    },
  };
}

interface Conversation {
  send(questions: readonly Question[]): void;
  isOver(): boolean;
  close(): Promise<void>;
}

function converse(directory: string, environment: Readonly<Record<string, string>>): Conversation {
  const child = spawn('git', ['cat-file', '--batch-command', '--buffer'], {
    cwd: directory,
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const open: Question[] = [];
  let answered = 0;
  let stderr = '';
  let over = false;
  const readReplies = createReplyReader(
    (reply) => {
      open[answered]?.answer(reply);
      answered += 1;
      if (answered === open.length) {
        open.length = 0;
        answered = 0;
        keepAlive(child, false);
      }
    },
    () => open[answered]?.withContents ?? false,
  );

  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      over = true;
      for (const question of open.splice(answered)) {
        question.answer({ status: 'ended', stderr });
      }
      resolve();
    });
  });
  child.on('error', (error) => {
    stderr = error.message;
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', readReplies);
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(-16_384);
  });

  return {
    send(questions) {
      keepAlive(child, true);
      open.push(...questions);
      child.stdin.write(`${questions.map((question) => question.line).join('')}flush\n`);
    },
    isOver: () => over || child.stdin.destroyed,
    async close() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}

function keepAlive(child: ChildProcessWithoutNullStreams, needed: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    if (part === child || part instanceof Socket) {
      if (needed) {
        part.ref();
      } else {
        part.unref();
      }
    }
  }
}

/** Cuts the stream into replies: a header line, and for a question with contents the bytes and a line break. */
function createReplyReader(
  take: (reply: ObjectReply) => void,
  expectsContents: () => boolean,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let heldBytes = 0;
  let neededBytes = 1;
  return (chunk) => {
    chunks.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < neededBytes) {
      return;
    }
    const held = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    let offset = 0;
    neededBytes = 1;
    while (offset < held.length) {
      const lineEnd = held.indexOf(10, offset);
      if (lineEnd === -1) {
        neededBytes = held.length - offset + 1;
        break;
      }
      const header = parseHeader(held.toString('utf8', offset, lineEnd));
      if (header.status !== 'found' || !expectsContents()) {
        offset = lineEnd + 1;
        take(header);
        continue;
      }
      const end = lineEnd + 1 + header.sizeBytes;
      if (held.length < end + 1) {
        neededBytes = end + 1 - offset;
        break;
      }
      offset = end + 1;
      // A copy, so that one small object does not hold on to a whole chunk.
      take({ ...header, bytes: Buffer.from(held.subarray(lineEnd + 1, end)) });
    }
    chunks = offset === held.length ? [] : [held.subarray(offset)];
    heldBytes = held.length - offset;
  };
}

const foundPattern = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/;

function parseHeader(line: string): ObjectReply {
  const [, id, type, size] = foundPattern.exec(line) ?? [];
  if (id !== undefined && isObjectType(type)) {
    return { status: 'found', id, type, sizeBytes: Number(size), bytes: Buffer.alloc(0) };
  }
  return { status: line.endsWith(' ambiguous') ? 'ambiguous' : 'missing' };
}

function isObjectType(text: string | undefined): text is ObjectType {
  return text === 'commit' || text === 'tree' || text === 'blob' || text === 'tag';
}
