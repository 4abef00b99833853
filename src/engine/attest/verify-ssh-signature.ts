import { Buffer } from 'node:buffer';
import { type PublicKey, publicKeyFromSshBlob, sshTypeOf, verifiesWith } from '../../model/public-key.ts';
import { readSshStrings, sshString } from '../../model/ssh-wire.ts';
import { decodeBase64 } from './dsse.ts';
import { sshSignedData } from './ssh-signature.ts';

export type SshVerdict =
  | { readonly verified: true; readonly key: PublicKey }
  | { readonly verified: false; readonly why: string };

const armourLimitCharacters = 8 * 1024;

/**
 * Checks an armoured SSH signature (OpenSSH PROTOCOL.sshsig) over a message for one namespace. The verdict says which
 * key signed; whether that key counts is the caller's question. Keys other than Ed25519 and nistp256 are refused.
 */
export function verifySshSignature(armour: string, message: Uint8Array, namespace: string): SshVerdict {
  const blob = dearmour(armour);
  if (blob?.subarray(0, 6).toString('latin1') !== 'SSHSIG' || blob.length < 10) {
    return { verified: false, why: 'it is no armoured SSH signature' };
  }
  if (blob.readUInt32BE(6) !== 1) {
    return { verified: false, why: 'the SSH signature is of another version than 1' };
  }
  const [keyBlob, signedNamespace, reserved, hash, signature] = readSshStrings(blob.subarray(10), 5) ?? [];
  if (keyBlob === undefined || reserved?.length !== 0 || signature === undefined) {
    return { verified: false, why: 'the SSH signature is damaged' };
  }
  if (signedNamespace?.toString('utf8') !== namespace) {
    return {
      verified: false,
      why: `the SSH signature is not for the namespace ${JSON.stringify(namespace)}`,
    };
  }
  const hashName = hash?.toString('latin1');
  if (hashName !== 'sha256' && hashName !== 'sha512') {
    return { verified: false, why: 'the SSH signature uses an unknown hash' };
  }
  const key = publicKeyFromSshBlob(keyBlob);
  if (key === undefined) {
    return { verified: false, why: 'the SSH key is neither Ed25519 nor nistp256' };
  }
  const raw = rawSignature(key, signature);
  return raw !== undefined && verifiesWith(key, sshSignedData(message, namespace, hashName), raw)
    ? { verified: true, key }
    : { verified: false, why: 'the SSH signature does not match what it signs' };
}

function dearmour(text: string): Buffer | undefined {
  if (text.length > armourLimitCharacters) {
    return undefined;
  }
  const match = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?$/.exec(
    text.replace(/\r\n/g, '\n'),
  );
  return match?.[1] === undefined ? undefined : decodeBase64(match[1].replace(/\n/g, ''));
}

function rawSignature(key: PublicKey, blob: Uint8Array): Buffer | undefined {
  const [type, raw] = readSshStrings(blob, 2) ?? [];
  if (type?.toString('latin1') !== sshTypeOf(key.algorithm) || raw === undefined) {
    return undefined;
  }
  return key.algorithm === 'ed25519' ? raw : derFromMpints(raw);
}

function derFromMpints(blob: Uint8Array): Buffer | undefined {
  const [r, s] = readSshStrings(blob, 2) ?? [];
  if (r === undefined || s === undefined || r.length > 33 || s.length > 33) {
    return undefined;
  }
  const integers = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers]);
}

/** DER and mpint agree on the content; only the length before it differs. */
function derInteger(mpint: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x02]), sshString(mpint).subarray(3)]);
}
