import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type PublicKey, publicKeyFromPem, publicKeyFromSshText } from '../model/public-key.ts';
import { failure, type Result, success } from '../model/result.ts';

const limitCharacters = 16 * 1024;

/**
 * A person's public key from a file: what `sandkiln keys show` prints, SubjectPublicKeyInfo PEM, or the line of an OpenSSH
 * `.pub` file, whose comment is the name. SK8017 for a private key, another type, or a file that cannot be read.
 */
export async function readPublicKey(
  file: string,
): Promise<Result<{ readonly key: PublicKey; readonly name: string }>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (typeof text !== 'string') {
    return unusable(file, text.message);
  }
  if (text.includes('PRIVATE KEY')) {
    return unusable(file, 'it is a private key, which belongs to its owner alone');
  }
  const bounded = text.slice(0, limitCharacters);
  const pem = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----/.exec(bounded)?.[0];
  const line = bounded.trim().split('\n')[0] ?? '';
  const key = pem === undefined ? publicKeyFromSshText(line) : publicKeyFromPem(pem);
  if (key === undefined) {
    return unusable(file, 'it holds no Ed25519 or P-256 key');
  }
  const comment = pem === undefined ? line.split(' ').slice(2).join(' ').trim() : '';
  return success({ key, name: comment === '' ? basename(file).replace(/\.(pem|pub|txt)$/, '') : comment });
}

function unusable(file: string, why: string): Result<never> {
  return failure({
    code: 'SK8017',
    severity: 'error',
    message: `${file} cannot be added as a key: ${why}`,
    hint: "give what `sandkiln keys show` prints on its owner's host, or an OpenSSH .pub file",
    place: { file },
    failure: 'stalled',
  });
}
