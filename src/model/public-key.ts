import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readSshStrings, sshString } from './ssh-wire.ts';

export type KeyAlgorithm = 'ed25519' | 'ecdsa-p256';

/** A key that signatures are checked with, in the forms that its readers want. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** OpenSSH fingerprint: `SHA256:` and the unpadded base64 of the SHA-256 over the OpenSSH key blob. */
  readonly keyId: string;
  /** OpenSSH public key text without a comment: `ssh-ed25519 AAAA…` (RFC 4253 section 6.6, RFC 8709, RFC 5656). */
  readonly sshText: string;
  readonly key: KeyObject;
}

const ed25519SpkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const p256SpkiPrefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

/** From SubjectPublicKeyInfo PEM; nothing for other key types. */
export function publicKeyFromPem(pem: string): PublicKey | undefined {
  try {
    return publicKeyFromObject(createPublicKey(pem));
  } catch {
    return undefined;
  }
}

/** From OpenSSH public key text, with or without a comment; nothing for other key types and damaged text. */
export function publicKeyFromSshText(text: string): PublicKey | undefined {
  const [type, base64] = text.trim().split(' ');
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]{1,1000}={0,2}$/.test(base64)) {
    return undefined;
  }
  const key = publicKeyFromSshBlob(Buffer.from(base64, 'base64'));
  return key?.sshText === `${type} ${base64}` ? key : undefined;
}

/** From the blob inside an OpenSSH key text or an SSH signature. */
export function publicKeyFromSshBlob(blob: Uint8Array): PublicKey | undefined {
  const spki = spkiFromSshBlob(blob);
  if (spki === undefined) {
    return undefined;
  }
  try {
    return publicKeyFromObject(createPublicKey({ key: spki, format: 'der', type: 'spki' }));
  } catch {
    return undefined;
  }
}

/** From a key of node:crypto, public or private part of it. */
export function publicKeyFromObject(key: KeyObject): PublicKey | undefined {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const blob = sshBlobOf(publicKey);
  if (blob === undefined) {
    return undefined;
  }
  const algorithm = publicKey.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'ecdsa-p256';
  return {
    algorithm,
    keyId: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    sshText: `${sshTypeOf(algorithm)} ${blob.toString('base64')}`,
    key: publicKey,
  };
}

/** Whether `signature` (Ed25519, RFC 8032; or ECDSA P-256 over SHA-256 in DER) is this key's over `bytes`. */
export function verifiesWith(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(key.algorithm === 'ed25519' ? null : 'sha256', bytes, key.key, signature);
  } catch {
    return false;
  }
}

export function publicKeyPem(key: PublicKey): string {
  return key.key.export({ format: 'pem', type: 'spki' }).toString();
}

/** The name that SSH gives to a key type. */
export function sshTypeOf(algorithm: KeyAlgorithm): 'ssh-ed25519' | 'ecdsa-sha2-nistp256' {
  return algorithm === 'ed25519' ? 'ssh-ed25519' : 'ecdsa-sha2-nistp256';
}

/** The blob of {@link PublicKey.sshText}. */
export function sshBlob(key: PublicKey): Buffer {
  return Buffer.from(key.sshText.split(' ')[1] ?? '', 'base64');
}

/**
 * One line of an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS), for `gpg.ssh.allowedSignersFile` of git and
 * for `ssh-keygen -Y verify`. A principal with a space or a quote is refused by an exception: callers choose it.
 */
export function allowedSignersLine(principal: string, key: PublicKey, namespaces: readonly string[]): string {
  if (!/^[^\s",#]+$/.test(principal)) {
    throw new TypeError(`not a principal of an allowed signers file: ${JSON.stringify(principal)}`);
  }
  return `${principal} namespaces="${namespaces.join(',')}" ${key.sshText}\n`;
}

function sshBlobOf(key: KeyObject): Buffer | undefined {
  const spki = key.export({ format: 'der', type: 'spki' });
  if (key.asymmetricKeyType === 'ed25519') {
    return Buffer.concat([sshString('ssh-ed25519'), sshString(spki.subarray(ed25519SpkiPrefix.length))]);
  }
  if (key.asymmetricKeyType === 'ec' && spki.subarray(0, p256SpkiPrefix.length).equals(p256SpkiPrefix)) {
    const point = spki.subarray(p256SpkiPrefix.length);
    return Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(point)]);
  }
  return undefined;
}

function spkiFromSshBlob(blob: Uint8Array): Buffer | undefined {
  const [type, raw] = readSshStrings(blob, 2) ?? [];
  if (type?.toString('latin1') === 'ssh-ed25519' && raw?.length === 32) {
    return Buffer.concat([ed25519SpkiPrefix, raw]);
  }
  const [ecType, curve, point] = readSshStrings(blob, 3) ?? [];
  if (
    ecType?.toString('latin1') === 'ecdsa-sha2-nistp256' &&
    curve?.toString('latin1') === 'nistp256' &&
    point?.length === 65 &&
    point[0] === 4
  ) {
    return Buffer.concat([p256SpkiPrefix, point]);
  }
  return undefined;
}
