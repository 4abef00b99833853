import { type Digest, isDigest } from '../../../model/digest.ts';
import { parseStanza } from './deb822.ts';

/** What a signed `InRelease` file of an archive says (Debian repository format). */
export interface ReleaseFile {
  /** ISO 8601 UTC. */
  readonly date: string;
  /** SHA-256 and size of index files by their path below the release: `main/binary-amd64/Packages`. */
  readonly files: ReadonlyMap<string, { readonly digest: Digest; readonly sizeBytes: number }>;
}

const signedPart =
  /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: [^\n]*\n)*\n([\s\S]*?)\n-----BEGIN PGP SIGNATURE-----\n/;

/** Reads the signed part alone; apt has checked the signature. Gives nothing for anything else. */
export function parseReleaseFile(text: string): ReleaseFile | undefined {
  const body = signedPart.exec(text)?.[1];
  const stanza = body === undefined ? undefined : parseStanza(body);
  const date = isoDate(stanza?.get('date'));
  if (stanza === undefined || date === undefined) {
    return undefined;
  }
  const files = new Map<string, { digest: Digest; sizeBytes: number }>();
  for (const line of (stanza.get('sha256') ?? '').split('\n')) {
    const match = /^([0-9a-f]{64})\s+(\d{1,15})\s+(\S+)$/.exec(line);
    const digest = `sha256:${match?.[1]}`;
    if (match?.[3] !== undefined && isDigest(digest)) {
      files.set(match[3], { digest, sizeBytes: Number(match[2]) });
    }
  }
  return { date, files };
}

function isoDate(text: string | undefined): string | undefined {
  const shape = /^[A-Z][a-z]{2}, {1,2}\d{1,2} [A-Z][a-z]{2} \d{4} \d{1,2}:\d{2}:\d{2} (?:UTC|GMT|\+0000)$/;
  const time = text !== undefined && shape.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
