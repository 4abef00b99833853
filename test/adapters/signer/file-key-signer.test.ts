import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyFile, loadSigner } from '../../../src/adapters/signer/file-key-signer.ts';
import { verifiesWith } from '../../../src/model/public-key.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { publicKeyOf } from '../../rig/memory-signer.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

describe.each(['ed25519', 'ecdsa-p256'] as const)('a new %s key file', (algorithm) => {
  it('has mode 0600 below a folder of mode 0700 and signs what others verify', async () => {
    const path = join(temporaryFolder(), 'keys', 'builder.pem');
    const made = expectValue(await createKeyFile({ path, algorithm }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    const signer = expectValue(await loadSigner({ path }));
    expect(signer).toMatchObject({ algorithm, keyId: made.keyId });
    const signature = await signer.sign(Buffer.from('message'));
    expect(verifiesWith(publicKeyOf(signer), Buffer.from('message'), signature)).toBe(true);
  });

  it('is PKCS#8 that openssl reads', async () => {
    const path = join(temporaryFolder(), 'key.pem');
    const signer = expectValue(await createKeyFile({ path, algorithm }));
    expect(execFileSync('openssl', ['pkey', '-in', path, '-pubout'], { encoding: 'utf8' })).toBe(
      signer.publicKeyPem,
    );
  });
});

it('an existing file is never replaced', async () => {
  const path = join(temporaryFolder(), 'key.pem');
  writeFileSync(path, 'mine');
  expect(expectDiagnostic(await createKeyFile({ path })).code).toBe('SK8004');
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

it('two creations at once give one key', async () => {
  const path = join(temporaryFolder(), 'key.pem');
  const made = await Promise.all([createKeyFile({ path }), createKeyFile({ path }), createKeyFile({ path })]);
  expect(made.filter((one) => one.ok)).toHaveLength(1);
});

it('a missing key says how to make one', async () => {
  const found = expectDiagnostic(await loadSigner({ path: join(temporaryFolder(), 'none', 'key.pem') }));
  expect(found.code).toBe('SK8001');
  expect(found.hint).toContain('sandkiln keys create');
});

it.each([0o644, 0o640, 0o604, 0o610])('a key with mode %o is refused, with the remedy', async (mode) => {
  const path = join(temporaryFolder(), 'key.pem');
  await createKeyFile({ path });
  chmodSync(path, mode);
  expect(expectDiagnostic(await loadSigner({ path }))).toMatchObject({
    code: 'SK8002',
    hint: `chmod 600 ${path}`,
  });
});

describe('a key of another kind is named', () => {
  const pkcs8 = { format: 'pem', type: 'pkcs8' } as const;
  it.each([
    ['of the type rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8)],
    [
      'of the type ec secp384r1',
      () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export(pkcs8),
    ],
    ['of the type ed448', () => generateKeyPairSync('ed448').privateKey.export(pkcs8)],
    [
      'is encrypted',
      () =>
        generateKeyPairSync('ed25519').privateKey.export({
          ...pkcs8,
          cipher: 'aes-256-cbc',
          passphrase: 'x',
        }),
    ],
    ['holds no readable private key', () => 'not a key\n'],
    [
      'holds no readable private key',
      () => generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }),
    ],
    [
      "OpenSSH's own format",
      () => '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
    ],
  ])('%s', async (text, content) => {
    const path = join(temporaryFolder(), 'key.pem');
    writeFileSync(path, content(), { mode: 0o600 });
    const found = expectDiagnostic(await loadSigner({ path }));
    expect(found.code).toBe('SK8003');
    expect(found.message).toContain(text);
  });

  it('a folder', async () => {
    const path = join(temporaryFolder(), 'key.pem');
    mkdirSync(path);
    expect(expectDiagnostic(await loadSigner({ path })).code).toBe('SK8003');
  });
});
