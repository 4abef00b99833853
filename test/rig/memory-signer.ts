import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../src/adapters/signer/signer.ts';
import { type KeyAlgorithm, type PublicKey, publicKeyFromPem } from '../../src/model/public-key.ts';

/** A signer with a fresh key that only this process knows. */
export function memorySigner(algorithm: KeyAlgorithm = 'ed25519'): Signer {
  const { privateKey, publicKey } =
    algorithm === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return {
    algorithm,
    keyId: publicKeyOf({ publicKeyPem }).keyId,
    publicKeyPem,
    async sign(bytes) {
      return sign(algorithm === 'ed25519' ? null : 'sha256', bytes, privateKey);
    },
  };
}

export function publicKeyOf(signer: Pick<Signer, 'publicKeyPem'>): PublicKey {
  const key = publicKeyFromPem(signer.publicKeyPem);
  if (key === undefined) {
    throw new Error('not a key of the kinds that count');
  }
  return key;
}
