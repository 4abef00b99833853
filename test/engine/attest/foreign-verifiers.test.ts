import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import { decodeBase64, type Envelope, preAuthEncoding } from '../../../src/engine/attest/dsse.ts';
import { signStatement } from '../../../src/engine/attest/sign-envelope.ts';
import { sigstoreBundle, sigstoreKeyHint } from '../../../src/engine/attest/sigstore-bundle.ts';
import { sshSignature } from '../../../src/engine/attest/ssh-signature.ts';
import { named, statement } from '../../../src/engine/attest/statement.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { allowedSignersLine, type PublicKey } from '../../../src/model/public-key.ts';
import { memorySigner, publicKeyOf } from '../../rig/memory-signer.ts';
import { createSignedCatalog, sampleImage } from '../../rig/signed-catalog.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** Debian's own Python, which is the one that Debian's packages are for. */
const python = '/usr/bin/python3';
const hasSecuresystemslib = spawnSync(python, ['-c', 'import securesystemslib.signer']).status === 0;
if (!hasSecuresystemslib && process.env['CI'] === 'true') {
  throw new Error('python3-securesystemslib is missing');
}

describe.each(['ed25519', 'ecdsa-p256'] as const)('what an %s key signed', (algorithm) => {
  const signer = memorySigner(algorithm);
  const key = publicKeyOf(signer);
  const subject = [named('tree', digestOfBytes('tree'))];
  const signed = signStatement(
    statement('https://example.org/type/v1', subject, { answer: 42 }),
    signer,
    memorySigner(),
  );

  it('is accepted by openssl, and refused once a byte differs', async () => {
    const { encoding, signature } = parts(await signed);
    expect(opensslVerify(key, encoding, signature)).toBe(0);
    const flipped = Buffer.from(encoding);
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    expect(opensslVerify(key, flipped, signature)).not.toBe(0);
  });

  it('is accepted by Sigstore as a bundle, and refused once a byte differs', async () => {
    const bundle = sigstoreBundle(await signed, key);
    if (bundle === undefined) {
      throw new Error('the key has signed');
    }
    expect(bundle.dsseEnvelope.signatures).toHaveLength(1);
    expect(() => sigstoreVerify(key, bundle)).not.toThrow();
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
    payload[20] = (payload[20] ?? 0) ^ 1;
    const dsseEnvelope = { ...bundle.dsseEnvelope, payload: payload.toString('base64') };
    expect(() => sigstoreVerify(key, { ...bundle, dsseEnvelope })).toThrow();
  });

  it.skipIf(!hasSecuresystemslib)(
    'is accepted by securesystemslib, and refused once a byte differs',
    async () => {
      const { encoding, signature } = parts(await signed);
      expect(securesystemslibVerify(key, encoding, signature)).toBe(0);
      const flipped = Buffer.from(encoding);
      flipped[40] = (flipped[40] ?? 0) ^ 1;
      expect(securesystemslibVerify(key, flipped, signature)).not.toBe(0);
    },
  );

  it('makes commits that git verifies, and not once they are amended', async () => {
    await using catalog = await createSignedCatalog({ algorithm });
    await catalog.engineCommit((await sampleImage(catalog)).files);
    const allowed = join(temporaryFolder(), 'allowed_signers');
    writeFileSync(allowed, allowedSignersLine('ci@example.org', publicKeyOf(catalog.builder), ['git']));
    const verify = (commit: string): number | null =>
      catalog.rig.tryGit('-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'verify-commit', commit).exitCode;
    expect(verify(catalog.tip)).toBe(0);
    const text = catalog.rig.git('cat-file', 'commit', catalog.tip).replace(/a commit$/, 'another');
    const forged = execFileSync('git', ['hash-object', '-w', '-t', 'commit', '--stdin'], {
      cwd: catalog.rig.path,
      input: `${text}\n`,
      encoding: 'utf8',
    });
    expect(verify(forged.trim())).not.toBe(0);
  });
});

it('a bundle is not made for a key that has not signed', async () => {
  const envelope = await signStatement(statement('t', [named('a', digestOfBytes('a'))], {}), memorySigner());
  expect(sigstoreBundle(envelope, publicKeyOf(memorySigner()))).toBeUndefined();
});

it('the same file signed for git is no signature for files', async () => {
  const signer = memorySigner();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'allowed'), allowedSignersLine('ci', publicKeyOf(signer), ['git']));
  writeFileSync(join(folder, 'sig'), await sshSignature(Buffer.from('x'), 'git', signer));
  const options = ['-f', join(folder, 'allowed'), '-I', 'ci', '-s', join(folder, 'sig')];
  const verify = (namespace: string): number | null =>
    spawnSync('ssh-keygen', ['-Y', 'verify', '-n', namespace, ...options], { input: 'x' }).status;
  expect([verify('git'), verify('file')]).toEqual([0, 255]);
});

function parts(envelope: Envelope): { readonly encoding: Buffer; readonly signature: Buffer } {
  return {
    encoding: preAuthEncoding(envelope.payloadType, decodeBase64(envelope.payload) ?? Buffer.from('')),
    signature: decodeBase64(envelope.signatures[0]?.sig ?? '') ?? Buffer.from(''),
  };
}

function opensslVerify(key: PublicKey, encoding: Buffer, signature: Buffer): number | null {
  const folder = temporaryFolder();
  const [pem, data, sig] = [join(folder, 'key.pem'), join(folder, 'data'), join(folder, 'sig')];
  writeFileSync(pem, key.key.export({ format: 'pem', type: 'spki' }));
  writeFileSync(data, encoding);
  writeFileSync(sig, signature);
  return key.algorithm === 'ed25519'
    ? spawnSync('openssl', [
        'pkeyutl',
        '-verify',
        '-rawin',
        '-pubin',
        '-inkey',
        pem,
        '-in',
        data,
        '-sigfile',
        sig,
      ]).status
    : spawnSync('openssl', ['dgst', '-sha256', '-verify', pem, '-signature', sig, data]).status;
}

function sigstoreVerify(key: PublicKey, bundle: unknown): void {
  const root = { mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] };
  const material = toTrustMaterial(root, (hint) => {
    if (hint !== sigstoreKeyHint(key)) {
      throw new Error('another key');
    }
    return { publicKey: key.key, validFor: () => true };
  });
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}

function securesystemslibVerify(key: PublicKey, encoding: Buffer, signature: Buffer): number | null {
  const spki = key.key.export({ format: 'der', type: 'spki' });
  const [type, scheme, value] =
    key.algorithm === 'ed25519'
      ? ['ed25519', 'ed25519', spki.subarray(-32).toString('hex')]
      : ['ecdsa', 'ecdsa-sha2-nistp256', key.key.export({ format: 'pem', type: 'spki' }).toString()];
  const script = `
import sys
from securesystemslib.signer import SSlibKey, Signature
kind, scheme, value, data, signature = sys.argv[1:]
SSlibKey("ab", kind, scheme, {"public": value}).verify_signature(Signature("ab", signature), bytes.fromhex(data))
`;
  const command = ['-c', script, type, scheme, value, encoding.toString('hex'), signature.toString('hex')];
  return spawnSync(python, command.map(String)).status;
}
