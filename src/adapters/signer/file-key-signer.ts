import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type KeyAlgorithm, publicKeyFromObject, publicKeyPem } from '../../model/public-key.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Signer } from './signer.ts';

const keyLimitBytes = 16 * 1024;

/**
 * A signer whose key lies in a file: PKCS#8 PEM (RFC 5208, RFC 7468), mode 0600, Ed25519 or P-256. Fails with
 * SK8001 (no such file), SK8002 (others can read it) and SK8003 (encrypted, of another type, or not a key).
 */
export async function loadSigner(options: { readonly path: string }): Promise<Result<Signer>> {
  const text = await readKeyFile(options.path);
  if (!text.ok) {
    return text;
  }
  const privateKey = parsePrivateKey(text.value);
  const publicKey = privateKey === undefined ? undefined : publicKeyFromObject(privateKey);
  if (privateKey === undefined || publicKey === undefined) {
    return failure(unusableKey(options.path, text.value, privateKey));
  }
  return success({
    algorithm: publicKey.algorithm,
    keyId: publicKey.keyId,
    publicKeyPem: publicKeyPem(publicKey),
    async sign(bytes) {
      return sign(publicKey.algorithm === 'ed25519' ? null : 'sha256', bytes, privateKey);
    },
  });
}

/**
 * Makes a new key and the folder that it lies in (mode 0700 where it is new). The file is created with mode 0600 and
 * never replaces another one: SK8004 where the path is taken or cannot be written, and then nothing is left of it.
 */
export async function createKeyFile(options: {
  readonly path: string;
  readonly algorithm?: KeyAlgorithm;
}): Promise<Result<Signer>> {
  const { privateKey } =
    (options.algorithm ?? 'ed25519') === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  try {
    await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
    const file = await open(options.path, 'wx', 0o600);
    let isWhole = false;
    try {
      // The umask may have taken bits away, never added any; the mode is set so that it is exactly 0600.
      await file.chmod(0o600);
      await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
      await file.sync();
      isWhole = true;
    } finally {
      await file.close();
      // Half a key would stand in the way of the next attempt.
      await (isWhole ? undefined : rm(options.path, { force: true }));
    }
  } catch (error) {
    return failure(notCreated(options.path, error));
  }
  return loadSigner(options);
}

async function readKeyFile(path: string): Promise<Result<string>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile() || status.size > keyLimitBytes) {
      return failure(keyDiagnostic('SK8003', `${path} is not a key file`, 'name a PKCS#8 PEM file', path));
    }
    if ((status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      return failure(
        keyDiagnostic(
          'SK8002',
          `the key ${path} has mode ${mode}: others can reach it`,
          `chmod 600 ${path}`,
          path,
        ),
      );
    }
    return success(await file.readFile('utf8'));
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
    return failure(
      missing
        ? keyDiagnostic(
            'SK8001',
            `there is no signing key at ${path}`,
            'run `sandkiln keys create`, or `sandkiln init` in a new repository',
            path,
          )
        : keyDiagnostic(
            'SK8003',
            `the key ${path} cannot be read: ${codeOf(error)}`,
            'check owner and mode',
            path,
          ),
    );
  } finally {
    await file?.close();
  }
}

function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
}

function unusableKey(path: string, pem: string, key: KeyObject | undefined): Diagnostic {
  const hint = 'make one with `sandkiln keys create`: unencrypted PKCS#8 PEM, Ed25519 or P-256';
  if (/ENCRYPTED/.test(pem)) {
    return keyDiagnostic(
      'SK8003',
      `the key ${path} is encrypted, and nobody can be asked for its passphrase`,
      hint,
      path,
    );
  }
  if (/BEGIN OPENSSH PRIVATE KEY/.test(pem)) {
    return keyDiagnostic('SK8003', `the key ${path} is in OpenSSH's own format`, hint, path);
  }
  const what = key === undefined ? 'holds no readable private key' : `is of the type ${typeOf(key)}`;
  return keyDiagnostic('SK8003', `the key ${path} ${what}`, hint, path);
}

function typeOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === undefined ? `${key.asymmetricKeyType}` : `${key.asymmetricKeyType} ${curve}`;
}

function notCreated(path: string, error: unknown): Diagnostic {
  return codeOf(error) === 'EEXIST'
    ? keyDiagnostic(
        'SK8004',
        `${path} is there already and is not replaced`,
        'use that key, or name another path',
        path,
      )
    : keyDiagnostic(
        'SK8004',
        `no key could be written to ${path}: ${codeOf(error)}`,
        'check the folder, its owner, and whether there is room',
        path,
      );
}

function keyDiagnostic(code: Diagnostic['code'], message: string, hint: string, file: string): Diagnostic {
  return { code, severity: 'error', message, hint, place: { file }, failure: 'stalled' };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
