import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sshSignature } from '../../../src/engine/attest/ssh-signature.ts';
import { verifySshSignature } from '../../../src/engine/attest/verify-ssh-signature.ts';
import { allowedSignersLine, publicKeyFromSshText } from '../../../src/model/public-key.ts';
import { memorySigner, publicKeyOf } from '../../rig/memory-signer.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { hasVectors, readVector } from '../../rig/vectors.ts';

const message = Buffer.from('what is signed\n');

describe.each(['ed25519', 'ecdsa-p256'] as const)('an SSH signature by an %s key', (algorithm) => {
  it('is accepted by ssh-keygen, and refused for other bytes and another namespace', async () => {
    const signer = memorySigner(algorithm);
    const folder = temporaryFolder();
    const [signature, allowed] = [join(folder, 'sig'), join(folder, 'allowed')];
    writeFileSync(allowed, allowedSignersLine('ci@example.org', publicKeyOf(signer), ['git']));
    // ECDSA integers vary in length: several signatures meet the cases with and without a leading zero.
    for (let round = 0; round < 8; round += 1) {
      writeFileSync(signature, await sshSignature(message, 'git', signer));
      expect(sshKeygenVerify(allowed, 'git', signature, message)).toBe(0);
    }
    expect(sshKeygenVerify(allowed, 'git', signature, Buffer.from('other'))).not.toBe(0);
    expect(sshKeygenVerify(allowed, 'file', signature, message)).not.toBe(0);
  });

  it('verifies here, for its bytes and its namespace only', async () => {
    const signer = memorySigner(algorithm);
    const armour = await sshSignature(message, 'git', signer);
    expect(verifySshSignature(armour, message, 'git')).toMatchObject({
      verified: true,
      key: { keyId: signer.keyId },
    });
    expect(verifySshSignature(armour, Buffer.from('other'), 'git').verified).toBe(false);
    expect(verifySshSignature(armour, message, 'file').verified).toBe(false);
  });

  it('by ssh-keygen verifies here', () => {
    const folder = temporaryFolder();
    const [key, file] = [join(folder, 'key'), join(folder, 'message')];
    const type = algorithm === 'ed25519' ? ['ed25519'] : ['ecdsa', '-b', '256'];
    execFileSync('ssh-keygen', ['-q', '-t', ...type, '-N', '', '-C', 'c', '-f', key]);
    writeFileSync(file, message);
    const armour = execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', 'git'], {
      input: message,
    });
    const verdict = verifySshSignature(armour.toString(), message, 'git');
    const publicText = execFileSync('ssh-keygen', ['-y', '-f', key], { encoding: 'utf8' });
    expect(verdict).toMatchObject({
      verified: true,
      key: { keyId: publicKeyFromSshText(publicText)?.keyId },
    });
  });

  it('does not survive any flipped byte, and nothing throws', async () => {
    const armour = await sshSignature(message, 'git', memorySigner(algorithm));
    const bytes = Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64');
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      const text = `-----BEGIN SSH SIGNATURE-----\n${flipped.toString('base64')}\n-----END SSH SIGNATURE-----\n`;
      expect(verifySshSignature(text, message, 'git').verified, `byte ${index}`).toBe(false);
    }
  });
});

describe('OpenSSH regression data', () => {
  const read = (name: string): string => readVector(`sshsig/${name}`);
  it.skipIf(!hasVectors('sshsig')).each(['ed25519', 'ecdsa'])('%s.sig is accepted', (name) => {
    const verdict = verifySshSignature(
      read(`${name}.sig`),
      Buffer.from(read('signed-data')),
      read('namespace').trim(),
    );
    expect(verdict).toMatchObject({
      verified: true,
      key: { keyId: publicKeyFromSshText(read(`${name}.pub`))?.keyId },
    });
  });
  it.skipIf(!hasVectors('sshsig')).each(['rsa', 'ecdsa_sk', 'ed25519_sk'])(
    '%s.sig is refused by its kind',
    (name) => {
      const verdict = verifySshSignature(
        read(`${name}.sig`),
        Buffer.from(read('signed-data')),
        read('namespace').trim(),
      );
      expect(verdict).toEqual({ verified: false, why: 'the SSH key is neither Ed25519 nor nistp256' });
    },
  );
});

it('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const blob = Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01', 'latin1'), bytes]).toString('base64');
      const text = `-----BEGIN SSH SIGNATURE-----\n${blob}\n-----END SSH SIGNATURE-----\n`;
      expect(verifySshSignature(text, message, 'git').verified).toBe(false);
    }),
  );
});

function sshKeygenVerify(
  allowed: string,
  namespace: string,
  signature: string,
  input: Buffer,
): number | null {
  const options = ['-f', allowed, '-I', 'ci@example.org', '-n', namespace, '-s', signature];
  return spawnSync('ssh-keygen', ['-Y', 'verify', ...options], { input }).status;
}
