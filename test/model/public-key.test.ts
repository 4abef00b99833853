import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedSignersLine,
  publicKeyFromPem,
  publicKeyFromSshBlob,
  publicKeyFromSshText,
  publicKeyPem,
  sshBlob,
  verifiesWith,
} from '../../src/model/public-key.ts';
import { readSshStrings, sshString } from '../../src/model/ssh-wire.ts';
import { memorySigner, publicKeyOf } from '../rig/memory-signer.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';
import { hasVectors, readVector } from '../rig/vectors.ts';

interface WycheproofGroup {
  readonly publicKeyPem: string;
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

describe.each(['ed25519_test', 'ecdsa_secp256r1_sha256_test'])('wycheproof %s', (name) => {
  const file = `wycheproof/${name}.json`;
  it.skipIf(!hasVectors(file))('is decided as its authors say', () => {
    const groups: readonly WycheproofGroup[] = JSON.parse(readVector(file)).testGroups;
    const wrong = groups.flatMap((group) => {
      const key = publicKeyFromPem(group.publicKeyPem);
      return group.tests.filter((test) => {
        const holds =
          key !== undefined && verifiesWith(key, Buffer.from(test.msg, 'hex'), Buffer.from(test.sig, 'hex'));
        return holds !== (test.result === 'valid');
      });
    });
    expect(wrong).toEqual([]);
    expect(groups.flatMap((group) => group.tests).length).toBeGreaterThan(100);
  });
});

describe.each(['ed25519', 'ecdsa-p256'] as const)('an %s key', (algorithm) => {
  const key = publicKeyOf(memorySigner(algorithm));

  it('is the same from PEM, OpenSSH text and blob', () => {
    expect(publicKeyFromPem(publicKeyPem(key))).toMatchObject({ keyId: key.keyId, sshText: key.sshText });
    expect(publicKeyFromSshText(`${key.sshText} a comment`)?.keyId).toBe(key.keyId);
    expect(publicKeyFromSshBlob(sshBlob(key))?.keyId).toBe(key.keyId);
  });

  it('has the fingerprint, and for P-256 the PEM, that ssh-keygen gives it', () => {
    const file = join(temporaryFolder(), 'key.pub');
    writeFileSync(file, `${key.sshText}\n`);
    expect(execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' })).toContain(key.keyId);
    if (algorithm === 'ed25519') {
      return; // ssh-keygen of OpenSSH 9.2 writes no PEM for Ed25519.
    }
    const pkcs8 = execFileSync('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', file], { encoding: 'utf8' });
    expect(createPublicKey(pkcs8).export({ format: 'pem', type: 'spki' })).toBe(publicKeyPem(key));
  });

  it('is refused when a byte of its blob is missing or too much', () => {
    const blob = sshBlob(key);
    expect(publicKeyFromSshBlob(blob.subarray(0, -1))).toBeUndefined();
    expect(publicKeyFromSshBlob(Buffer.concat([blob, Buffer.from([0])]))).toBeUndefined();
  });
});

describe('other keys', () => {
  it.each(['ssh-rsa AAAAB3NzaC1yc2E=', 'ssh-ed25519', '', 'ssh-ed25519 !!!!', 'ecdsa-sha2-nistp384 AAAA'])(
    'are refused: %s',
    (text) => {
      expect(publicKeyFromSshText(text)).toBeUndefined();
    },
  );

  it('are refused when the type before the blob lies', () => {
    const key = publicKeyOf(memorySigner());
    expect(publicKeyFromSshText(key.sshText.replace('ssh-ed25519', 'ecdsa-sha2-nistp256'))).toBeUndefined();
  });

  it('never make the reader throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void publicKeyFromSshBlob(bytes)));
  });
});

it('SSH strings come back as they went in, and never reach beyond their bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 }), fc.nat(20), (strings, cut) => {
      const bytes = Buffer.concat(strings.map((one) => sshString(one)));
      expect(readSshStrings(bytes, strings.length)?.map((one) => [...one])).toEqual(
        strings.map((one) => [...one]),
      );
      if (cut > 0 && cut <= bytes.length) {
        expect(readSshStrings(bytes.subarray(0, -cut), strings.length)).toBeUndefined();
      }
    }),
  );
});

it('an allowed signers line refuses a principal that would say more', () => {
  const key = publicKeyOf(memorySigner());
  expect(allowedSignersLine('ci@example.org', key, ['git'])).toBe(
    `ci@example.org namespaces="git" ${key.sshText}\n`,
  );
  expect(() => allowedSignersLine('a b', key, ['git'])).toThrow();
});
