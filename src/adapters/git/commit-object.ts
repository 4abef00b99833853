import type { CommitId, GitCommit, NewCommit, ObjectId } from './git.ts';
import { isCommitId, isObjectId, type ObjectFormat } from './object-format.ts';

/** The bytes of a commit object without a signature: what is signed. Times are UTC. */
export function formatCommit(
  commit: Pick<NewCommit, 'parent' | 'author' | 'at' | 'message'>,
  tree: ObjectId,
): Buffer {
  const who = `${personPart(commit.author.name)} <${personPart(commit.author.email)}> ${commit.at} +0000`;
  const lines = [
    `tree ${tree}`,
    ...(commit.parent === undefined ? [] : [`parent ${commit.parent}`]),
    `author ${who}`,
    `committer ${who}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message.replaceAll('\0', '').trimEnd()}\n`);
}

/** Puts an armoured signature in, as the last header (gitformat-signature); its lines go on after a space. */
export function addSignature(commit: Buffer, armour: string, format: ObjectFormat): Buffer {
  const headerEnd = commit.indexOf('\n\n') + 1;
  const header = `${signatureHeaders[format]} ${armour.trimEnd().split('\n').join('\n ')}\n`;
  return Buffer.concat([commit.subarray(0, headerEnd), Buffer.from(header), commit.subarray(headerEnd)]);
}

/** Reads a commit object; nothing where it is not one that git would take. */
export function parseCommit(id: CommitId, bytes: Buffer, format: ObjectFormat): GitCommit | undefined {
  const headerEnd = bytes.indexOf('\n\n');
  if (headerEnd === -1) {
    return undefined;
  }
  const headers = unfold(bytes.toString('latin1', 0, headerEnd + 1));
  const first = (name: string) => headers.find((header) => header.name === name)?.value;
  const tree = first('tree');
  const committedAt = /> (\d{1,15}) [+-]\d{4}$/.exec(first('committer') ?? '')?.[1];
  if (tree === undefined || committedAt === undefined || !isObjectId(tree)) {
    return undefined;
  }
  const parents = headers.filter((header) => header.name === 'parent').map((header) => header.value);
  if (!parents.every(isCommitId)) {
    return undefined;
  }
  const armour = first(signatureHeaders[format]);
  const unsigned = headers.filter((header) => !isSignature(header.name)).map((header) => header.raw);
  return {
    id,
    tree,
    parents,
    author: personOf(first('author') ?? ''),
    committedAt: Number(committedAt),
    message: bytes.toString('utf8', headerEnd + 2),
    ...(armour === undefined
      ? {}
      : {
          signature: {
            armour: `${armour}\n`,
            signed: Buffer.concat([Buffer.from(unsigned.join(''), 'latin1'), bytes.subarray(headerEnd + 1)]),
          },
        }),
  };
}

/** Without the time. Headers are read byte by byte; names are UTF-8. */
function personOf(header: string): string {
  return Buffer.from(/^(.*>) \d+ [+-]\d{4}$/.exec(header)?.[1] ?? '', 'latin1').toString('utf8');
}

/** A repository signs in the header of its own hash; what git signs leaves out both. */
const signatureHeaders = { sha1: 'gpgsig', sha256: 'gpgsig-sha256' } as const;

function isSignature(name: string): boolean {
  return name === signatureHeaders.sha1 || name === signatureHeaders.sha256;
}

interface Header {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
}

function unfold(text: string): readonly Header[] {
  return text
    .split(/(?<=\n)(?! )/)
    .filter((raw) => raw !== '')
    .map((raw) => {
      const space = raw.indexOf(' ');
      return { name: raw.slice(0, space), value: raw.slice(space + 1, -1).replaceAll('\n ', '\n'), raw };
    });
}

/** Git leaves these characters out of names and addresses. */
function personPart(text: string): string {
  return text.replaceAll(/[\u0000-\u001f<>]/g, '').trim();
}
