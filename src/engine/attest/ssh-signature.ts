import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Signer } from '../../adapters/signer/signer.ts';
import { publicKeyFromPem, sshBlob, sshTypeOf } from '../../model/public-key.ts';
import { sshString } from '../../model/ssh-wire.ts';

/** Namespace of signatures on git commits and tags (gpg-ssh of git). */
export const gitNamespace = 'git';

/**
 * An armoured SSH signature over a message (OpenSSH PROTOCOL.sshsig) with SHA-512, for Ed25519 and
 * ecdsa-sha2-nistp256. Throws where the signer's own public key is of neither kind, which is a bug.
 */
export async function sshSignature(message: Uint8Array, namespace: string, signer: Signer): Promise<string> {
  const key = publicKeyFromPem(signer.publicKeyPem);
  if (key === undefined) {
    throw new TypeError('the signer has no Ed25519 or P-256 key');
  }
  const raw = await signer.sign(sshSignedData(message, namespace, 'sha512'));
  const signature = key.algorithm === 'ed25519' ? Buffer.from(raw) : mpintsFromDer(raw);
  const version = Buffer.from([0, 0, 0, 1]);
  return armour(
    Buffer.concat([
      Buffer.from('SSHSIG'),
      version,
      sshString(sshBlob(key)),
      sshString(namespace),
      sshString(''),
      sshString('sha512'),
      sshString(Buffer.concat([sshString(sshTypeOf(key.algorithm)), sshString(signature)])),
    ]),
  );
}

/** What an SSH signature's key signs: preamble, namespace, hash name and the message's hash. */
export function sshSignedData(message: Uint8Array, namespace: string, hash: 'sha256' | 'sha512'): Buffer {
  return Buffer.concat([
    Buffer.from('SSHSIG'),
    sshString(namespace),
    sshString(''),
    sshString(hash),
    sshString(createHash(hash).update(message).digest()),
  ]);
}

/** An ECDSA signature in DER holds the same two integers that SSH keeps as mpints (RFC 5656, section 3.1.2). */
function mpintsFromDer(der: Uint8Array): Buffer {
  const bytes = Buffer.from(der);
  // Both integers of P-256 are at most 33 bytes, so every DER length is one byte.
  const rEnd = 4 + (bytes[3] ?? 0);
  const sEnd = rEnd + 2 + (bytes[rEnd + 1] ?? 0);
  return Buffer.concat([sshString(bytes.subarray(4, rEnd)), sshString(bytes.subarray(rEnd + 2, sEnd))]);
}

function armour(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}
