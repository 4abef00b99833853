import { createHash } from 'node:crypto';
import { type PublicKey, verifiesWith } from '../../model/public-key.ts';
import { decodeBase64, type Envelope, preAuthEncoding } from './dsse.ts';

/** A Sigstore bundle v0.3 with a public key hint (sigstore/protobuf-specs, sigstore_bundle.proto), as JSON. */
export interface SigstoreBundle {
  readonly mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json';
  readonly verificationMaterial: {
    readonly publicKey: { readonly hint: string };
    readonly tlogEntries: readonly [];
  };
  readonly dsseEnvelope: Envelope;
}

/**
 * The bundle of one envelope for tools of the Sigstore family. A bundle holds exactly one signature: the one that
 * `key` made; nothing where it made none.
 */
export function sigstoreBundle(envelope: Envelope, key: PublicKey): SigstoreBundle | undefined {
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined) {
    return undefined;
  }
  const encoding = preAuthEncoding(envelope.payloadType, payload);
  const own = envelope.signatures.find((signature) => {
    const bytes = decodeBase64(signature.sig);
    return bytes !== undefined && verifiesWith(key, encoding, bytes);
  });
  if (own === undefined) {
    return undefined;
  }
  const hint = sigstoreKeyHint(key);
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: { ...envelope, signatures: [{ sig: own.sig, keyid: hint }] },
  };
}

/** How Sigstore tools name a key: base64 of the SHA-256 over its SubjectPublicKeyInfo in DER. */
export function sigstoreKeyHint(key: PublicKey): string {
  return createHash('sha256')
    .update(key.key.export({ format: 'der', type: 'spki' }))
    .digest('base64');
}
